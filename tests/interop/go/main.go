// Go's coder/websocket as a peer, and the load of the soak test:
//
//	peer server [--tls CERT KEY]
//	peer client URL [CA]
//	peer load URL [FLAGS]
//
// Paths and checks are those of README.md above this folder.
package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/http"
	"os"

	"github.com/coder/websocket"
)

const (
	subprotocol = "interop.fullduplex"
	reason      = "enough ☃"
	maxMessage  = 1 << 24
)

var background = context.Background()

func main() {
	switch os.Args[1] {
	case "server":
		runServer(os.Args[2:])
	case "client":
		runClient(os.Args[2], os.Args[3:])
	case "load":
		runLoad(os.Args[2], os.Args[3:])
	}
}

// dial connects; ca is the file of an authority to trust, or nothing.
func dial(url string, ca []string, subprotocols ...string) (*websocket.Conn, error) {
	options := &websocket.DialOptions{Subprotocols: subprotocols}
	if len(ca) > 0 {
		pem, err := os.ReadFile(ca[0])
		if err != nil {
			return nil, err
		}
		pool := x509.NewCertPool()
		pool.AppendCertsFromPEM(pem)
		transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}
		options.HTTPClient = &http.Client{Transport: transport}
	}
	conn, _, err := websocket.Dial(background, url, options)
	if err != nil {
		return nil, err
	}
	conn.SetReadLimit(maxMessage)
	return conn, nil
}

func fail(format string, values ...any) {
	fmt.Fprintf(os.Stderr, format+"\n", values...)
	os.Exit(1)
}
