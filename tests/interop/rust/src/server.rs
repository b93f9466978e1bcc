use std::net::{TcpListener, TcpStream};
use std::sync::Mutex;
use std::thread;
use tungstenite::handshake::server::{Request, Response};
use tungstenite::protocol::frame::coding::CloseCode;
use tungstenite::protocol::CloseFrame;
use tungstenite::{accept_hdr, Error, Message, WebSocket};

use crate::{cut, REASON, SUBPROTOCOL};

static LAST_CLOSE: Mutex<String> = Mutex::new(String::new());

pub fn run() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    println!("listening ws://{}", listener.local_addr().unwrap());
    for stream in listener.incoming() {
        thread::spawn(|| serve(stream.unwrap()));
    }
}

fn serve(stream: TcpStream) {
    stream.set_nodelay(true).unwrap();
    let mut path = String::new();
    let accepted = accept_hdr(stream, |request: &Request, mut response: Response| {
        path = request.uri().path().to_string();
        let offered = request.headers().get("Sec-WebSocket-Protocol");
        if offered.is_some_and(|list| list.to_str().unwrap().split(", ").any(|p| p == SUBPROTOCOL))
        {
            let headers = response.headers_mut();
            headers.insert("Sec-WebSocket-Protocol", SUBPROTOCOL.parse().unwrap());
        }
        Ok(response)
    });
    let Ok(mut connection) = accepted else { return };
    while let Ok(message) = connection.read() {
        if let Message::Close(Some(frame)) = &message {
            if path == "/echo" {
                *LAST_CLOSE.lock().unwrap() = format!("{} {}", frame.code, frame.reason);
            }
        }
        if respond(&mut connection, &path, message).is_err() {
            return;
        }
    }
}

fn respond(
    connection: &mut WebSocket<TcpStream>,
    path: &str,
    message: Message,
) -> Result<(), Error> {
    if message.is_pong() && path == "/ping" {
        return connection.send(Message::text("pong"));
    }
    if !message.is_text() && !message.is_binary() {
        return Ok(()); // the library answers pings and closes
    }
    match path {
        "/fragments" => cut(&message)
            .into_iter()
            .try_for_each(|frame| connection.send(frame)),
        "/ping" => connection.send(Message::Ping("interop".into())),
        "/close" => connection.close(Some(CloseFrame {
            code: CloseCode::Library(4001),
            reason: REASON.into(),
        })),
        "/last-close" => {
            let noted = std::mem::take(&mut *LAST_CLOSE.lock().unwrap());
            connection.send(Message::text(noted))
        }
        _ => connection.send(message),
    }
}
