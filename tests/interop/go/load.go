package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/coder/websocket"
)

// Loads of an echo server. Sender and receiver make up the same messages from the same
// seed, so that every byte is compared with nothing kept. Progress goes to standard output:
//
//	progress MESSAGES          every hundredth of the way, all connections together
//	stalled BYTES              --deaf: the server takes no more; sent so far
//	lead BYTES                 the most that was sent and not yet received
//	done MESSAGES BYTES SECONDS
//
// Any difference is told on standard error and exits with 1.
type load struct {
	url         string
	messages    int
	connections int
	window      int  // messages in flight on a connection
	size        int  // of each message; 0 for mixed sizes, kinds and fragments
	deaf        bool // reads nothing until the server takes no more
	done        atomic.Int64
	bytes       atomic.Int64
	lead        atomic.Int64
}

const poolBytes = 4 << 20

var (
	randomPool = make([]byte, poolBytes)
	textPool   []byte
)

func fillPools() {
	generator := rand.New(rand.NewPCG(1, 2))
	for i := range randomPool {
		randomPool[i] = byte(generator.Uint32())
	}
	for len(textPool) < poolBytes {
		bits := []int{7, 7, 7, 11, 16, 20}[generator.IntN(6)] // 1 to 4 bytes of UTF-8
		textPool = utf8.AppendRune(textPool, rune(generator.IntN(1<<bits)))
	}
}

// A message to be sent, and the same to be expected.
type message struct {
	kind  websocket.MessageType
	bytes []byte
}

// next makes up a message; most are small.
func (l *load) next(generator *rand.Rand) message {
	size := l.size
	kind := binary
	if size == 0 {
		if generator.IntN(2) == 0 {
			kind = text
		}
		limit := 1 << 20
		switch odds := generator.IntN(1000); {
		case odds < 600:
			limit = 130
		case odds < 850:
			limit = 2_000
		case odds < 950:
			limit = 16_000
		case odds < 998:
			limit = 70_000
		}
		size = generator.IntN(limit + 1)
		if odds := generator.IntN(5_000); odds == 0 {
			size = 1 << 20
		}
	}
	start := generator.IntN(poolBytes - size)
	if kind == binary {
		return message{kind, randomPool[start : start+size]}
	}
	end := start + size
	for !utf8.RuneStart(textPool[start]) {
		start++
	}
	for end > start && !utf8.RuneStart(textPool[end]) {
		end--
	}
	return message{kind, textPool[min(start, end):end]}
}

// send sends a message, a mixed one in up to five fragments cut at any byte.
func (l *load) send(conn *websocket.Conn, m message, cuts *rand.Rand) error {
	if l.size > 0 || cuts.IntN(3) > 0 {
		return conn.Write(background, m.kind, m.bytes)
	}
	var parts [][]byte
	rest := m.bytes
	for range 1 + cuts.IntN(4) {
		at := cuts.IntN(len(rest) + 1)
		parts, rest = append(parts, rest[:at]), rest[at:]
	}
	return sendFragments(conn, m.kind, append(parts, rest)...)
}

// compare reads one message and compares it as it arrives.
func compare(conn *websocket.Conn, expected message, buffer []byte) error {
	kind, reader, err := conn.Reader(background)
	if err != nil {
		return err
	}
	if kind != expected.kind {
		return fmt.Errorf("%v came back as %v", expected.kind, kind)
	}
	at := 0
	for {
		count, err := reader.Read(buffer)
		if at+count > len(expected.bytes) || !bytes.Equal(buffer[:count], expected.bytes[at:at+count]) {
			return fmt.Errorf("a difference within %d bytes after byte %d", count, at)
		}
		at += count
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
	}
	if at != len(expected.bytes) {
		return fmt.Errorf("%d of %d bytes came back", at, len(expected.bytes))
	}
	return nil
}

func (l *load) run(connection int) error {
	conn, err := dial(l.url, nil)
	if err != nil {
		return err
	}
	defer conn.CloseNow()
	seed := uint64(connection)
	count := l.messages / l.connections
	room := make(chan struct{}, l.window)
	var sent atomic.Int64
	sending := make(chan error, 1)
	go func() {
		generator, cuts := rand.New(rand.NewPCG(seed, 3)), rand.New(rand.NewPCG(seed, 4))
		for range count {
			room <- struct{}{}
			m := l.next(generator)
			if err := l.send(conn, m, cuts); err != nil {
				conn.CloseNow()
				sending <- fmt.Errorf("sending: %w", err)
				return
			}
			sent.Add(int64(len(m.bytes)))
		}
		sending <- nil
	}()
	if l.deaf {
		awaitStall(&sent)
		fmt.Println("stalled", sent.Load())
		time.Sleep(5 * time.Second) // the server's memory is looked at meanwhile
	}
	generator := rand.New(rand.NewPCG(seed, 3))
	buffer := make([]byte, 64<<10)
	received := int64(0)
	for i := range count {
		m := l.next(generator)
		if err := compare(conn, m, buffer); err != nil {
			select {
			case err := <-sending:
				return fmt.Errorf("connection %d, after message %d: %w", connection, i, err)
			default:
				return fmt.Errorf("connection %d, message %d: %w", connection, i, err)
			}
		}
		<-room
		received += int64(len(m.bytes))
		if lead := sent.Load() - received; lead > l.lead.Load() {
			l.lead.Store(lead)
		}
		l.bytes.Add(int64(len(m.bytes)))
		if done := l.done.Add(1); done%int64(max(1, l.messages/100)) == 0 {
			fmt.Println("progress", done)
		}
	}
	if err := <-sending; err != nil {
		return err
	}
	return conn.Close(1000, "")
}

// watch fails when nothing comes back any more.
func (l *load) watch() {
	for last := int64(-1); last != l.done.Load(); time.Sleep(time.Minute) {
		last = l.done.Load()
	}
	fail("nothing came back for a minute, after message %d", l.done.Load())
}

// awaitStall waits until nothing more could be sent for two seconds.
func awaitStall(sent *atomic.Int64) {
	for last := int64(-1); last != sent.Load(); time.Sleep(2 * time.Second) {
		last = sent.Load()
	}
}

func runLoad(url string, arguments []string) {
	l := &load{url: url}
	flags := flag.NewFlagSet("load", flag.ExitOnError)
	flags.IntVar(&l.messages, "messages", 1_000_000, "how many, of all connections together")
	flags.IntVar(&l.connections, "connections", 4, "how many")
	flags.IntVar(&l.window, "window", 256, "messages in flight on a connection")
	flags.IntVar(&l.size, "size", 0, "bytes of each message; 0 mixes sizes, kinds and fragments")
	flags.BoolVar(&l.deaf, "deaf", false, "read nothing until the server takes no more")
	flags.Parse(arguments)
	fillPools()
	start := time.Now()
	go l.watch()
	var group sync.WaitGroup
	for i := range l.connections {
		group.Add(1)
		go func() {
			defer group.Done()
			if err := l.run(i); err != nil {
				fail("%v", err)
			}
		}()
	}
	group.Wait()
	fmt.Println("lead", l.lead.Load())
	fmt.Printf("done %d %d %.2f\n", l.done.Load(), l.bytes.Load(), time.Since(start).Seconds())
}
