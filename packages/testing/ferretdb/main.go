// Command ferretdb is a server that speaks MongoDB's protocol, for tests: FerretDB 1.24 on SQLite, behind a gate.
//
// FerretDB 1 reads, decides and writes an update in three steps that other clients may get in between, where MongoDB
// updates a document atomically. The gate lets one command through at a time, so that each is atomic here, too. And it
// answers an update that a unique index refuses with MongoDB's code, where FerretDB says "internal error".
//
// It prints the address of the gate as its first line, and ends when its standard input ends, so that it cannot
// outlive whoever started it. Its data is in a temporary directory, which it removes.
package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sync"

	"github.com/FerretDB/FerretDB/ferretdb"
)

const (
	headerLength = 16
	// https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/
	opMsg          = 2013
	moreToCome     = 1 << 1
	maxMessageSize = 48_000_000
	internalError  = 1
	duplicateKey   = 11000
)

func main() {
	directory, err := os.MkdirTemp("", "comanda-test-mongo-")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(directory)

	socket := filepath.Join(directory, "ferretdb.sock")
	server, err := ferretdb.New(&ferretdb.Config{
		Listener:  ferretdb.ListenerConfig{Unix: socket},
		Logger:    slog.New(slog.NewTextHandler(io.Discard, nil)),
		Handler:   "sqlite",
		SQLiteURL: "file:" + directory + "/",
	})
	if err != nil {
		log.Fatal(err)
	}

	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- server.Run(ctx) }()

	gate, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(gate.Addr())
	go accept(gate, socket)

	if _, err := io.Copy(io.Discard, os.Stdin); err != nil {
		log.Print(err)
	}
	stop()
	if err := <-ended; err != nil {
		log.Print(err)
	}
}

func accept(gate net.Listener, socket string) {
	var oneAtATime sync.Mutex
	for {
		client, err := gate.Accept()
		if err != nil {
			log.Fatal(err)
		}
		go serve(client, socket, &oneAtATime)
	}
}

// serve passes the commands of one connection, each with its reply, until either side ends.
func serve(client net.Conn, socket string, oneAtATime *sync.Mutex) {
	defer client.Close()
	server, err := net.Dial("unix", socket)
	if err != nil {
		log.Print(err)
		return
	}
	defer server.Close()
	for {
		command, err := readMessage(client)
		if err != nil {
			return
		}
		reply, err := exchange(server, command, oneAtATime)
		if err != nil {
			return
		}
		if _, err := client.Write(reply); err != nil {
			return
		}
	}
}

func exchange(server net.Conn, command []byte, oneAtATime *sync.Mutex) ([]byte, error) {
	oneAtATime.Lock()
	defer oneAtATime.Unlock()
	if _, err := server.Write(command); err != nil {
		return nil, err
	}
	if !wantsReply(command) {
		return nil, nil
	}
	reply, err := readMessage(server)
	if err != nil {
		return nil, err
	}
	return withDuplicateKeyCode(reply), nil
}

// withDuplicateKeyCode writes 11000 over the 1 of the BSON field `code`, which is an int32 in both cases.
func withDuplicateKeyCode(reply []byte) []byte {
	if bytes.Contains(reply, []byte("UNIQUE constraint failed")) {
		return bytes.Replace(reply, codeField(internalError), codeField(duplicateKey), 1)
	}
	return reply
}

func codeField(code uint32) []byte {
	return binary.LittleEndian.AppendUint32([]byte("\x10code\x00"), code)
}

func wantsReply(command []byte) bool {
	isMsg := binary.LittleEndian.Uint32(command[12:]) == opMsg && len(command) >= headerLength+4
	return !isMsg || binary.LittleEndian.Uint32(command[headerLength:])&moreToCome == 0
}

func readMessage(from net.Conn) ([]byte, error) {
	header := make([]byte, headerLength)
	if _, err := io.ReadFull(from, header); err != nil {
		return nil, err
	}
	length := binary.LittleEndian.Uint32(header)
	if length < headerLength || length > maxMessageSize {
		return nil, fmt.Errorf("a message of %d bytes", length)
	}
	message := make([]byte, length)
	copy(message, header)
	_, err := io.ReadFull(from, message[headerLength:])
	return message, err
}
