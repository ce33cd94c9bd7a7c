use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior, interval_at};
use uuid::Uuid;

use super::carrier::{Active, Ending, Next};
use super::conference::{RoomNews, Seat};
use super::instructions::{Conference, Number, Party};
use super::leg::{Order, dial};
use super::playout::FRAME;
use super::script::{Deed, Heard};
use super::stream::TICK;
use super::switchboard::Command;
use super::timeline::What;
use crate::audio::ulaw;
use crate::domain::{CallTime, PhoneNumber};

/// How a caller leaves a connection.
pub(super) enum Left {
    /// It was over; the carrier's word for how.
    Closed(&'static str),
    Commanded(Command),
    HungUp,
    GaveUp,
}

impl Active<'_> {
    /// Connects the caller with somebody until that is over, they hang up, or the server wants something else.
    pub(super) async fn connect(
        &mut self,
        timeout: Duration,
        caller_id: Option<String>,
        party: Option<Party>,
    ) -> Left {
        match party {
            Some(Party::Conference(conference)) => self.confer(&conference).await,
            Some(Party::Number(number)) => self.ring(timeout, caller_id, number).await,
            None => Left::Closed("completed"),
        }
    }

    /// What comes after a `<Dial>`.
    pub(super) async fn after_dial(&mut self, left: Left, action: Option<&str>) -> Next {
        match (left, action) {
            (Left::HungUp, _) => Next::Over(Ending::HungUpByCaller),
            (Left::GaveUp, _) => Next::Over(Ending::CallerGaveUp),
            (Left::Commanded(command), _) => self.obey(command).await,
            (Left::Closed(status), Some(action)) => {
                self.redirect(action, &[("DialCallStatus", status)]).await
            }
            (Left::Closed(_), None) => Next::On,
        }
    }

    async fn confer(&mut self, conference: &Conference) -> Left {
        let seat = Seat::take(&self.carrier.switchboard, conference, &self.sid);
        let Some(seat) = seat else { return Left::Closed("completed") };
        let music = conference.music;
        let now = self.now();
        self.tape.note(now, What::EnteredConference { music });
        let left = self.stay(seat).await;
        let now = self.now();
        self.tape.note(now, What::LeftConference);
        left
    }

    /// Rings somebody, with whom the caller, who hears it ring, meets once their own instructions have run out.
    async fn ring(&mut self, timeout: Duration, caller_id: Option<String>, number: Number) -> Left {
        let from = caller_id.and_then(|number| PhoneNumber::parse(&number).ok());
        let (Ok(to), Some(from)) = (PhoneNumber::parse(&number.number), from.or_else(|| self.from())) else {
            return Left::Closed("failed");
        };
        let line = Conference {
            name: format!("{} and {}", self.sid, Uuid::now_v7().simple()),
            label: None,
            starts: true,
            ends: true,
            music: true,
            most: 2,
            news_url: None,
            events: Vec::new(),
        };
        let Number { url, news_url, events, machine_url, .. } = number;
        let meets = Some(line.clone());
        let order = Order { to, from, url, news_url, events, timeout, machine_url, meets };
        let Some(leg) = dial(&self.carrier.switchboard, order) else { return Left::Closed("failed") };
        let left = self.confer(&line).await;
        self.carrier.switchboard.command(&leg, Command::Complete);
        match left {
            Left::Closed(_) => Left::Closed(self.carrier.switchboard.status(&leg).as_str()),
            Left::Commanded(_) | Left::HungUp | Left::GaveUp => left,
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
                        Some(RoomNews::Closed) | None => return Left::Closed("completed"),
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
