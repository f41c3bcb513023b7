// Command ferretdb is a server that speaks MongoDB's protocol, for tests: FerretDB 1.24 on SQLite, behind a gate.
//
// FerretDB 1 reads, decides and writes an update in three steps that other clients may get in between, where MongoDB
// updates a document atomically. The gate lets one command through at a time, so that each is atomic here, too. And it
// answers an update that a unique index refuses with MongoDB's code, where FerretDB says "internal error". Reads pass
// while a write is under way, as they do in MongoDB.
//
// FerretDB 1 asks SQLite for a document by its _id in other words than its index on _id was made with, so that SQLite
// reads the whole table. The gate adds an index in the words of the question. All else that is not an insert still
// reads whole tables.
//
// It prints the address of the gate as its first line, and ends when its standard input ends, so that it cannot
// outlive whoever started it. Its data is in a temporary directory, which it removes.
package main

import (
	"bytes"
	"context"
	"database/sql"
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
	bodyStart      = headerLength + 4 + 1
	stringType     = 2
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
	go accept(gate, &keeper{socket: socket, directory: directory, indexed: map[string]bool{}})

	if _, err := io.Copy(io.Discard, os.Stdin); err != nil {
		log.Print(err)
	}
	stop()
	if err := <-ended; err != nil {
		log.Print(err)
	}
}

// keeper lets commands through the gate.
type keeper struct {
	socket    string
	directory string
	// Of what is below, and of every write.
	oneAtATime sync.Mutex
	// The collections that have the index on _id.
	indexed map[string]bool
}

func accept(gate net.Listener, keeper *keeper) {
	for {
		client, err := gate.Accept()
		if err != nil {
			log.Fatal(err)
		}
		go keeper.serve(client)
	}
}

// serve passes the commands of one connection, each with its reply, until either side ends.
func (k *keeper) serve(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("unix", k.socket)
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
		reply, err := k.exchange(server, command)
		if err != nil {
			return
		}
		if _, err := client.Write(reply); err != nil {
			return
		}
	}
}

func (k *keeper) exchange(server net.Conn, command []byte) ([]byte, error) {
	name, collection := commandOf(command)
	switch name {
	case "find", "getMore", "hello", "ping":
		return pass(server, command)
	}
	k.oneAtATime.Lock()
	defer k.oneAtATime.Unlock()
	reply, err := pass(server, command)
	switch name {
	case "drop", "dropDatabase":
		clear(k.indexed)
	case "create", "createIndexes", "insert", "update":
		if err := k.indexIds(databaseOf(command), collection); err != nil {
			log.Print(err)
		}
	}
	return reply, err
}

func pass(server net.Conn, command []byte) ([]byte, error) {
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

// indexIds makes the index on _id in the words in which FerretDB asks, where it is missing.
func (k *keeper) indexIds(database, collection string) error {
	name := database + "." + collection
	if k.indexed[name] {
		return nil
	}
	// FerretDB has registered the driver.
	db, err := sql.Open("sqlite", "file:"+filepath.Join(k.directory, database+".sqlite")+"?_pragma=busy_timeout(10000)")
	if err != nil {
		return err
	}
	defer db.Close()
	var table string
	if err := db.QueryRow(`SELECT table_name FROM _ferretdb_collections WHERE name = ?`, collection).Scan(&table); err != nil {
		return err
	}
	_, err = db.Exec(fmt.Sprintf(`CREATE INDEX IF NOT EXISTS %q ON %q (_ferretdb_sjson->'$._id')`, table+"_by_id", table))
	k.indexed[name] = err == nil
	return err
}

// commandOf reads the first field of a command: its name and, mostly, the collection that it is about.
func commandOf(message []byte) (name, about string) {
	if len(message) < bodyStart+6 || binary.LittleEndian.Uint32(message[12:]) != opMsg || message[bodyStart-1] != 0 {
		return "", ""
	}
	field := message[bodyStart+4:]
	end := bytes.IndexByte(field[1:], 0)
	if end < 0 {
		return "", ""
	}
	name = string(field[1 : 1+end])
	if field[0] == stringType {
		about = stringOf(field[2+end:])
	}
	return name, about
}

func databaseOf(message []byte) string {
	_, value, _ := bytes.Cut(message, []byte("\x02$db\x00"))
	return stringOf(value)
}

// stringOf reads a BSON string: its length, with the zero at its end, and its bytes.
func stringOf(value []byte) string {
	if len(value) < 4 {
		return ""
	}
	length := int(binary.LittleEndian.Uint32(value))
	if length < 1 || length > len(value)-4 {
		return ""
	}
	return string(value[4 : 3+length])
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
