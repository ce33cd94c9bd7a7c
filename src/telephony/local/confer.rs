use tokio::time::{Instant, MissedTickBehavior, interval_at};

use super::carrier::{Active, Ending, Next};
use super::conference::{RoomNews, Seat};
use super::instructions::Conference;
use super::playout::FRAME;
use super::script::{Deed, Heard};
use super::stream::TICK;
use super::switchboard::Command;
use super::timeline::What;
use crate::audio::ulaw;
use crate::domain::CallTime;

/// How a caller leaves a conference.
enum Left {
    Closed,
    Commanded(Command),
    HungUp,
    GaveUp,
}

impl Active<'_> {
    /// Puts the caller into a conference until it closes, they hang up, or the server wants something else.
    pub(super) async fn confer(&mut self, conference: &Conference, action: Option<&str>) -> Next {
        let seat = Seat::take(&self.carrier.switchboard, conference, &self.sid);
        let left = match seat {
            Some(seat) => {
                let music = conference.music;
                let now = self.now();
                self.tape.note(now, What::EnteredConference { music });
                let left = self.stay(seat).await;
                let now = self.now();
                self.tape.note(now, What::LeftConference);
                left
            }
            None => Left::Closed,
        };
        match (left, action) {
            (Left::HungUp, _) => Next::Over(Ending::HungUpByCaller),
            (Left::GaveUp, _) => Next::Over(Ending::CallerGaveUp),
            (Left::Commanded(command), _) => self.obey(command).await,
            (Left::Closed, Some(action)) => self.redirect(action, &[("DialCallStatus", "completed")]).await,
            (Left::Closed, None) => Next::On,
        }
    }

    async fn stay(&mut self, mut seat: Seat) -> Left {
        let began = Instant::now();
        let offset = self.now();
        self.tape.silence_until(offset);
        let mut ticks = interval_at(began + TICK, TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
        let mut frames = 0;
        let mut together = false;
        loop {
            tokio::select! {
                biased;
                Some(command) = self.place.commands.recv() => return Left::Commanded(command),
                news = seat.news.recv() => {
                    let now = self.now();
                    match news {
                        Some(RoomNews::Together { label }) => {
                            together = true;
                            self.tape.note(now, What::Together { label });
                        }
                        Some(RoomNews::Alone) => {
                            together = false;
                            self.tape.note(now, What::Alone);
                        }
                        Some(RoomNews::Announced(text)) => self.tape.note(now, What::Announced { text }),
                        Some(RoomNews::Closed) | None => return Left::Closed,
                    }
                }
                _ = ticks.tick() => {
                    let at = CallTime::from_ms(offset.as_ms() + frames * 20);
                    frames += 1;
                    if let Some(left) = self.live(at, together) {
                        return left;
                    }
                }
            }
        }
    }

    /// Lets the caller live through 20 ms, in which the other side can be heard or nobody.
    fn live(&mut self, at: CallTime, together: bool) -> Option<Left> {
        let frame = [ulaw::SILENCE; FRAME];
        let done = self.player.tick(&Heard { now: at, frame: &frame, audible: together, marks: &[] });
        self.tape.record(at, &done.frame, &frame);
        for deed in done.deeds {
            match deed {
                Deed::Began { at, role, text, manner } => {
                    self.tape.note(at, What::CallerBegan { role, text: text.into(), manner });
                }
                Deed::Ended { at, role } => self.tape.note(at, What::CallerEnded { role }),
                Deed::Press(digit) => self.tape.note(at, What::Pressed { digit }),
                Deed::HangUp => return Some(Left::HungUp),
                Deed::GiveUp => return Some(Left::GaveUp),
                // There is no stream that could break.
                Deed::DropStream => {}
            }
        }
        None
    }
}
