//! Mail, against a small SMTP server on this machine that follows a script.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use calmline::domain::NoticeId;
use calmline::notify::{Login, Mail, MailSettings, NotifyError, Tls};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use uuid::Uuid;

/// Answers every session alike, and keeps what it was told.
struct Server {
    address: SocketAddr,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// `refusal` is what it answers to a command that begins with these words.
    async fn start(refusal: Option<(&'static str, &'static str)>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let heard: Arc<Mutex<Vec<String>>> = Arc::default();
        let lines = Arc::clone(&heard);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(session(stream, refusal, Arc::clone(&lines)));
            }
        });
        Self { address, heard }
    }

    fn mail(&self) -> Mail {
        Mail::new(MailSettings {
            host: self.address.ip().to_string(),
            port: self.address.port(),
            tls: Tls::None,
            from: "Calls <calls@example.com>".into(),
            login: None,
        })
        .unwrap()
    }

    fn heard(&self) -> String {
        self.heard.lock().unwrap().join("\n")
    }
}

async fn session(
    stream: tokio::net::TcpStream,
    refusal: Option<(&'static str, &'static str)>,
    heard: Arc<Mutex<Vec<String>>>,
) {
    let (from_client, mut to_client) = stream.into_split();
    let mut lines = BufReader::new(from_client).lines();
    to_client.write_all(b"220 mail.example ESMTP\r\n").await.unwrap();
    let mut in_mail = false;
    while let Ok(Some(line)) = lines.next_line().await {
        heard.lock().unwrap().push(line.clone());
        let refused = refusal.filter(|(command, _)| line.starts_with(command)).map(|(_, answer)| answer);
        let answer = match line.as_str() {
            "." if in_mail => "250 2.0.0 taken",
            _ if in_mail => continue,
            _ if refused.is_some() => refused.unwrap_or_default(),
            "DATA" => "354 go on",
            "QUIT" => "221 2.0.0 goodbye",
            line if line.starts_with("EHLO") => "250-mail.example\r\n250 8BITMIME",
            _ => "250 2.1.0 fine",
        };
        in_mail = answer.starts_with("354");
        if to_client.write_all(format!("{answer}\r\n").as_bytes()).await.is_err() {
            return;
        }
    }
}

fn id() -> NoticeId {
    NoticeId::new(Uuid::from_u128(7))
}

#[tokio::test]
async fn a_mail_is_handed_to_the_server_with_an_id_that_stays() {
    let server = Server::start(None).await;
    let mail = server.mail();
    for _ in 0..2 {
        mail.send(id(), "maria@example.com", "A promise is due", "Call Zoë back.\n.\nNow.").await.unwrap();
    }
    let heard = server.heard();
    assert!(
        heard.contains("MAIL FROM:<calls@example.com>") && heard.contains("RCPT TO:<maria@example.com>"),
        "{heard}"
    );
    assert_eq!(heard.matches("Message-ID: <00000000-0000-0000-0000-000000000007@example.com>").count(), 2);
    assert!(heard.contains("Subject: A promise is due") && heard.contains("From: Calls <calls@example.com>"));
}

#[tokio::test]
async fn a_refusal_for_good_is_told_from_one_that_passes() {
    let outcome = async |refusal| {
        Server::start(Some(refusal)).await.mail().send(id(), "maria@example.com", "s", "t").await
    };
    assert_eq!(outcome(("RCPT", "550 5.1.1 no such user")).await, Err(NotifyError::Refused { status: 550 }));
    let later = |status| Err(NotifyError::NotTaken { status, retry_after: None });
    assert_eq!(outcome(("RCPT", "451 4.3.0 later")).await, later(451));
    assert_eq!(outcome(("MAIL", "530 5.7.0 log in first")).await, later(530));
}

#[tokio::test]
async fn what_is_no_address_is_refused_before_anything_is_sent() {
    let server = Server::start(None).await;
    let sent = server.mail().send(id(), "maria@example.com\r\nRCPT TO:<eve@example.com>", "s", "t").await;
    assert_eq!(sent, Err(NotifyError::Unaddressable));
    let subject = "due\r\nBcc: eve@example.com";
    server.mail().send(id(), "maria@example.com", subject, "t").await.unwrap();
    assert!(
        !server.heard().contains("\nBcc:") && !server.heard().contains("RCPT TO:<eve"),
        "{}",
        server.heard()
    );
}

#[tokio::test]
async fn a_password_is_not_shown_and_a_server_that_is_down_may_come_back() {
    let _installed = rustls::crypto::ring::default_provider().install_default();
    let down = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    for tls in [Tls::None, Tls::StartTls, Tls::Implicit] {
        let settings = MailSettings {
            host: down.ip().to_string(),
            port: down.port(),
            tls,
            from: "calls@example.com".into(),
            login: Some(Login { user: "calls".into(), password: "correct horse".into() }),
        };
        assert!(!format!("{settings:?}").contains("horse"));
        let mail = Mail::new(settings).unwrap();
        assert!(!format!("{mail:?}").contains("horse"), "{mail:?}");
        assert_eq!(mail.send(id(), "maria@example.com", "s", "t").await, Err(NotifyError::Unavailable));
    }
}

#[tokio::test]
async fn nothing_is_said_in_the_clear_to_a_server_that_knows_no_tls() {
    let _installed = rustls::crypto::ring::default_provider().install_default();
    let server = Server::start(None).await;
    let mail = Mail::new(MailSettings {
        host: server.address.ip().to_string(),
        port: server.address.port(),
        tls: Tls::StartTls,
        from: "calls@example.com".into(),
        login: Some(Login { user: "calls".into(), password: "correct horse".into() }),
    })
    .unwrap();
    mail.send(id(), "maria@example.com", "s", "t").await.unwrap_err();
    assert!(!server.heard().contains("AUTH") && !server.heard().contains("maria"), "{}", server.heard());
}
