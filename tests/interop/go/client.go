package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/coder/websocket"
)

const (
	text   = websocket.MessageText
	binary = websocket.MessageBinary
)

var sizes = []int{0, 1, 125, 126, 65_535, 65_536, 1_048_576}

// A dialer connects to a path of the server under test.
type dialer func(path string, subprotocols ...string) (*websocket.Conn, error)

type check struct {
	name string
	run  func(dial dialer) error
}

var checks = []check{
	{"text", func(dial dialer) error {
		content := []byte(strings.Repeat("text 0123456789", 70_000))
		return echoAll(dial, text, content)
	}},
	{"binary", func(dial dialer) error {
		content := make([]byte, 1_048_576)
		for i := range content {
			content[i] = byte(i*31 + i>>8)
		}
		return echoAll(dial, binary, content)
	}},
	{"non-ASCII text", func(dial dialer) error {
		return on(dial, "/echo", func(conn *websocket.Conn) error {
			return echo(conn, text, []byte(strings.Repeat("é☃😀\x00\uffff\U0010ffff ", 5_000)))
		})
	}},
	{"fragments by the client", func(dial dialer) error {
		return on(dial, "/echo", func(conn *websocket.Conn) error {
			message := []byte("fragmented ☃")
			if err := sendFragments(conn, text, message[:4], nil, message[4:12], message[12:]); err != nil {
				return err
			}
			if err := expect(conn, text, message); err != nil {
				return err
			}
			large := make([]byte, 70_001)
			large[70_000] = 1
			if err := sendFragments(conn, binary, large[:70_000], large[70_000:]); err != nil {
				return err
			}
			return expect(conn, binary, large)
		})
	}},
	{"fragments by the server", func(dial dialer) error {
		return on(dial, "/fragments", func(conn *websocket.Conn) error {
			return echo(conn, text, []byte("in ☃ three ☃ parts"))
		})
	}},
	{"ping by the client", func(dial dialer) error {
		return on(dial, "/echo", func(conn *websocket.Conn) error {
			pinged := make(chan error, 1)
			go func() { pinged <- conn.Ping(background) }()
			sent := make(chan error, 1)
			go func() { // after the pong, for which the read below waits meanwhile
				err := <-pinged
				if err == nil {
					err = conn.Write(background, text, []byte("after the ping"))
				} else {
					conn.CloseNow()
				}
				sent <- err
			}()
			if err := expect(conn, text, []byte("after the ping")); err != nil {
				return err
			}
			return <-sent
		})
	}},
	{"ping by the server", func(dial dialer) error {
		return on(dial, "/ping", func(conn *websocket.Conn) error {
			if err := conn.Write(background, text, []byte("ping me")); err != nil {
				return err
			}
			return expect(conn, text, []byte("pong"))
		})
	}},
	{"subprotocol", func(dial dialer) error {
		for offered, expected := range map[string]string{subprotocol: subprotocol, "": ""} {
			var offers []string
			if offered != "" {
				offers = []string{"other.example", offered}
			}
			conn, err := dial("/echo", offers...)
			if err != nil {
				return err
			}
			if conn.Subprotocol() != expected {
				return fmt.Errorf("subprotocol %q", conn.Subprotocol())
			}
			if err := conn.Close(1000, ""); err != nil {
				return err
			}
		}
		return nil
	}},
	{"close by the client", func(dial dialer) error {
		conn, err := dial("/echo")
		if err != nil {
			return err
		}
		if err := conn.Close(4000, reason); err != nil {
			return err // the library compares the code of the answer
		}
		return on(dial, "/last-close", func(conn *websocket.Conn) error {
			var answer []byte
			for range 200 { // the server may note it later than we do
				conn.Write(background, text, []byte("?"))
				_, answer, err = conn.Read(background)
				if err != nil || string(answer) == "4000 "+reason {
					return err
				}
			}
			return fmt.Errorf("the server saw %q", answer)
		})
	}},
	{"close by the server", func(dial dialer) error {
		conn, err := dial("/close")
		if err != nil {
			return err
		}
		conn.Write(background, text, []byte("close me"))
		_, _, err = conn.Read(background)
		var closed websocket.CloseError
		if !errors.As(err, &closed) || closed.Code != 4001 || closed.Reason != reason {
			return fmt.Errorf("ended with %v", err)
		}
		return nil
	}},
}

func runClient(url string, ca []string) {
	dialPath := func(path string, subprotocols ...string) (*websocket.Conn, error) {
		return dial(url+path, ca, subprotocols...)
	}
	for _, check := range checks {
		ended := make(chan error, 1)
		go func() { ended <- check.run(dialPath) }()
		var err error
		select {
		case err = <-ended:
		case <-time.After(30 * time.Second):
			err = errors.New("no answer in time")
		}
		if err == nil {
			fmt.Println("ok", check.name)
		} else {
			fmt.Printf("FAIL %s: %v\n", check.name, err)
		}
	}
}

// on connects, does something, and closes.
func on(dial dialer, path string, use func(conn *websocket.Conn) error) error {
	conn, err := dial(path)
	if err != nil {
		return err
	}
	if err := use(conn); err != nil {
		conn.CloseNow()
		return err
	}
	return conn.Close(1000, "")
}

func echoAll(dial dialer, kind websocket.MessageType, content []byte) error {
	return on(dial, "/echo", func(conn *websocket.Conn) error {
		for _, size := range sizes {
			if err := echo(conn, kind, content[:size]); err != nil {
				return fmt.Errorf("%d bytes: %w", size, err)
			}
		}
		return nil
	})
}

func echo(conn *websocket.Conn, kind websocket.MessageType, message []byte) error {
	if err := conn.Write(background, kind, message); err != nil {
		return err
	}
	return expect(conn, kind, message)
}

func expect(conn *websocket.Conn, kind websocket.MessageType, message []byte) error {
	ctx, cancel := context.WithTimeout(background, 20*time.Second)
	defer cancel()
	actualKind, actual, err := conn.Read(ctx)
	if err != nil {
		return err
	}
	if actualKind != kind || !bytes.Equal(actual, message) {
		return fmt.Errorf("%d bytes came back as %d others", len(message), len(actual))
	}
	return nil
}
