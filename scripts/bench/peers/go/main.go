// Echo server on coder/websocket. Its first line is `listening ws://127.0.0.1:PORT`.
package main

import (
	"fmt"
	"log"
	"net"
	"net/http"

	"github.com/coder/websocket"
)

func echo(writer http.ResponseWriter, request *http.Request) {
	connection, err := websocket.Accept(writer, request, nil)
	if err != nil {
		return
	}
	defer connection.CloseNow()
	connection.SetReadLimit(64 << 20)
	for {
		kind, message, err := connection.Read(request.Context())
		if err != nil || connection.Write(request.Context(), kind, message) != nil {
			return
		}
	}
}

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("listening ws://%s\n", listener.Addr())
	log.Fatal(http.Serve(listener, http.HandlerFunc(echo)))
}
