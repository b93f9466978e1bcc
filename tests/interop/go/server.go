package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"

	"github.com/coder/websocket"
)

var (
	lastCloseLock sync.Mutex
	lastClose     string
)

// setLastClose notes how the last connection on /echo ended, and gives what was noted before.
func setLastClose(next string) string {
	lastCloseLock.Lock()
	defer lastCloseLock.Unlock()
	last := lastClose
	lastClose = next
	return last
}

func runServer(arguments []string) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fail("%v", err)
	}
	handler := http.HandlerFunc(accept)
	if len(arguments) == 3 && arguments[0] == "--tls" {
		fmt.Printf("listening wss://%v\n", listener.Addr())
		err = http.ServeTLS(listener, handler, arguments[1], arguments[2])
	} else {
		fmt.Printf("listening ws://%v\n", listener.Addr())
		err = http.Serve(listener, handler)
	}
	fail("%v", err)
}

func accept(writer http.ResponseWriter, request *http.Request) {
	conn, err := websocket.Accept(writer, request, &websocket.AcceptOptions{
		Subprotocols:       []string{subprotocol},
		InsecureSkipVerify: true, // any origin
	})
	if err != nil {
		return
	}
	defer conn.CloseNow()
	conn.SetReadLimit(maxMessage)
	path := request.URL.Path
	for err == nil {
		var kind websocket.MessageType
		var message []byte
		kind, message, err = conn.Read(background)
		if err == nil {
			err = respond(conn, path, kind, message)
		}
	}
	var closed websocket.CloseError
	if path == "/echo" && errors.As(err, &closed) {
		setLastClose(fmt.Sprintf("%d %s", closed.Code, closed.Reason))
	}
}

func respond(conn *websocket.Conn, path string, kind websocket.MessageType, message []byte) error {
	switch path {
	case "/fragments":
		third := (len(message) + 2) / 3 // in the middle of a character, too
		return sendFragments(conn, kind, message[:third], message[third:2*third], message[2*third:])
	case "/ping":
		go func() { // pongs are seen by reads
			if conn.Ping(background) == nil {
				conn.Write(background, websocket.MessageText, []byte("pong"))
			}
		}()
		return nil
	case "/close":
		return conn.Close(4001, reason)
	case "/last-close":
		return conn.Write(background, websocket.MessageText, []byte(setLastClose("")))
	default:
		return conn.Write(background, kind, message)
	}
}

// sendFragments sends one message with a frame for each part, and an empty final one.
func sendFragments(conn *websocket.Conn, kind websocket.MessageType, parts ...[]byte) error {
	writer, err := conn.Writer(context.Background(), kind)
	if err != nil {
		return err
	}
	for _, part := range parts {
		if _, err := writer.Write(part); err != nil {
			return err
		}
	}
	return writer.Close()
}
