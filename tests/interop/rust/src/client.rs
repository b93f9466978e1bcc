use std::error::Error;
use std::net::TcpStream;
use std::time::Duration;
use tungstenite::client::IntoClientRequest;
use tungstenite::protocol::frame::coding::CloseCode;
use tungstenite::protocol::CloseFrame;
use tungstenite::stream::MaybeTlsStream;
use tungstenite::{connect, Message, WebSocket};

use crate::{cut, REASON, SUBPROTOCOL};

type Outcome = Result<(), Box<dyn Error>>;
type Connection = WebSocket<MaybeTlsStream<TcpStream>>;

const SIZES: [usize; 7] = [0, 1, 125, 126, 65_535, 65_536, 1_048_576];

pub fn run(url: &str) {
    let checks: [(&str, fn(&str) -> Outcome); 10] = [
        ("text", check_text),
        ("binary", check_binary),
        ("non-ASCII text", check_non_ascii),
        ("fragments by the client", check_fragments_by_client),
        ("fragments by the server", check_fragments_by_server),
        ("ping by the client", check_ping_by_client),
        ("ping by the server", check_ping_by_server),
        ("subprotocol", check_subprotocol),
        ("close by the client", check_close_by_client),
        ("close by the server", check_close_by_server),
    ];
    for (name, check) in checks {
        match check(url) {
            Ok(()) => println!("ok {name}"),
            Err(error) => println!("FAIL {name}: {error}"),
        }
    }
}

fn check_text(url: &str) -> Outcome {
    let content = "text 0123456789".repeat(70_000);
    on(url, "/echo", |connection| {
        SIZES
            .iter()
            .try_for_each(|&size| echo(connection, Message::text(&content[..size])))
    })
}

fn check_binary(url: &str) -> Outcome {
    let content: Vec<u8> = (0..1_048_576).map(|i| (i * 31 + (i >> 8)) as u8).collect();
    on(url, "/echo", |connection| {
        SIZES
            .iter()
            .try_for_each(|&size| echo(connection, Message::binary(content[..size].to_vec())))
    })
}

fn check_non_ascii(url: &str) -> Outcome {
    let content = "é☃😀\0\u{ffff}\u{10ffff} ".repeat(5_000);
    on(url, "/echo", |connection| {
        echo(connection, Message::text(content))
    })
}

fn check_fragments_by_client(url: &str) -> Outcome {
    on(url, "/echo", |connection| {
        for message in [
            Message::text("☃fragmented☃"),
            Message::binary(vec![7; 70_001]),
        ] {
            for frame in cut(&message) {
                connection.send(frame)?;
                connection.send(Message::Ping("between".into()))?;
            }
            expect(connection, message)?;
        }
        Ok(())
    })
}

fn check_fragments_by_server(url: &str) -> Outcome {
    on(url, "/fragments", |connection| {
        echo(connection, Message::text("in ☃ three ☃ parts"))
    })
}

fn check_ping_by_client(url: &str) -> Outcome {
    on(url, "/echo", |connection| {
        connection.send(Message::Ping("interop".into()))?;
        match connection.read()? {
            Message::Pong(payload) if payload == "interop" => Ok(()),
            other => Err(format!("{other:?} instead of a pong").into()),
        }
    })
}

fn check_ping_by_server(url: &str) -> Outcome {
    on(url, "/ping", |connection| {
        connection.send(Message::text("ping me"))?;
        expect(connection, Message::text("pong"))
    })
}

fn check_subprotocol(url: &str) -> Outcome {
    let mut request = format!("{url}/echo").into_client_request()?;
    let offers = format!("other.example, {SUBPROTOCOL}");
    request
        .headers_mut()
        .insert("Sec-WebSocket-Protocol", offers.parse()?);
    let (mut connection, response) = connect(request)?;
    let chosen = response.headers().get("Sec-WebSocket-Protocol");
    if chosen.is_none_or(|chosen| chosen != SUBPROTOCOL) {
        return Err(format!("{chosen:?} was chosen").into());
    }
    close(&mut connection, 1000, "").map(|_| ())
}

fn check_close_by_client(url: &str) -> Outcome {
    let (mut connection, _) = connect(format!("{url}/echo"))?;
    let answer = close(&mut connection, 4000, REASON)?;
    if answer != format!("4000 {REASON}") {
        return Err(format!("the answer is {answer}").into());
    }
    drop(connection); // the server is told of the close when the transport is over
    on(url, "/last-close", |connection| {
        let mut noted = String::new();
        for _ in 0..200 {
            // the server may note it later than we do
            connection.send(Message::text("?"))?;
            noted = read(connection)?.into_text()?.to_string();
            if noted == answer {
                return Ok(());
            }
        }
        Err(format!("the server saw {noted}").into())
    })
}

fn check_close_by_server(url: &str) -> Outcome {
    let (mut connection, _) = connect(format!("{url}/close"))?;
    connection.send(Message::text("close me"))?;
    match read(&mut connection)? {
        Message::Close(Some(frame))
            if frame.reason.as_str() == REASON && u16::from(frame.code) == 4001 =>
        {
            Ok(())
        }
        other => Err(format!("{other:?} instead of the close").into()),
    }
}

/// Connects, does something, and closes.
fn on(url: &str, path: &str, run: impl FnOnce(&mut Connection) -> Outcome) -> Outcome {
    let (mut connection, _) = connect(format!("{url}{path}"))?;
    if let MaybeTlsStream::Plain(stream) = connection.get_ref() {
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    }
    run(&mut connection)?;
    close(&mut connection, 1000, "").map(|_| ())
}

/// Closes, and gives the code and reason of the answer.
fn close(connection: &mut Connection, code: u16, reason: &str) -> Result<String, Box<dyn Error>> {
    connection.close(Some(CloseFrame {
        code: CloseCode::from(code),
        reason: reason.into(),
    }))?;
    loop {
        if let Message::Close(Some(frame)) = connection.read()? {
            return Ok(format!("{} {}", frame.code, frame.reason));
        }
    }
}

/// The next message that is no ping or pong.
fn read(connection: &mut Connection) -> Result<Message, Box<dyn Error>> {
    loop {
        let message = connection.read()?;
        if !message.is_ping() && !message.is_pong() {
            return Ok(message);
        }
    }
}

fn echo(connection: &mut Connection, message: Message) -> Outcome {
    connection.send(message.clone())?;
    expect(connection, message)
}

fn expect(connection: &mut Connection, expected: Message) -> Outcome {
    let actual = read(connection)?;
    if actual == expected {
        return Ok(());
    }
    Err(format!(
        "{} bytes came back as {} others",
        expected.len(),
        actual.len()
    )
    .into())
}
