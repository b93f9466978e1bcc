//! Rust's tungstenite as a peer: `interop server`, `interop client URL`.
//!
//! Paths and checks are those of README.md above this folder.

mod client;
mod server;

pub const SUBPROTOCOL: &str = "interop.fullduplex";
pub const REASON: &str = "enough ☃";

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    match arguments[1].as_str() {
        "server" => server::run(),
        "client" => client::run(&arguments[2]),
        other => panic!("{other}: server or client"),
    }
}

/// The frames of one message, cut in three at any byte.
pub fn cut(message: &tungstenite::Message) -> Vec<tungstenite::Message> {
    use tungstenite::protocol::frame::{
        coding::{Data, OpCode},
        Frame,
    };
    let kind = if message.is_text() {
        Data::Text
    } else {
        Data::Binary
    };
    let bytes = message.clone().into_data();
    let third = bytes.len().div_ceil(3);
    let frame = |start: usize, end: usize, kind: Data, last: bool| {
        let (start, end) = (start.min(bytes.len()), end.min(bytes.len()));
        let part = bytes.slice(start..end);
        tungstenite::Message::Frame(Frame::message(part, OpCode::Data(kind), last))
    };
    vec![
        frame(0, third, kind, false),
        frame(third, 2 * third, Data::Continue, false),
        frame(2 * third, 3 * third, Data::Continue, true),
    ]
}
