// An independent client of the evidence log: it trusts a key, two checkpoints' signatures, and Go's sumdb packages.
//
//	client FOLDER VKEY < claims.json
//
// FOLDER holds checkpoint, old-checkpoint and tile/. Each claim is an entry, its index and a proof of inclusion in the
// log at the new checkpoint; beside them stands one proof that it continues the old one. The client checks these proofs,
// makes the same ones itself from the tiles, reads each entry from its bundle, and prints "verified" and how many.
package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	tileHeight = 8 // C2SP tlog-tiles
	tileWidth  = 1 << tileHeight
)

type claim struct {
	Index int64    `json:"index"`
	Entry []byte   `json:"entry"`
	Proof [][]byte `json:"proof"`
}

type claims struct {
	Entries     []claim  `json:"entries"`
	Consistency [][]byte `json:"consistency"`
}

// folder reads C2SP tlog-tiles from files, for tlog.TileHashReader, which checks them.
type folder string

func (f folder) Height() int                     { return tileHeight }
func (f folder) SaveTiles([]tlog.Tile, [][]byte) {}

func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var found [][]byte
	for _, tile := range tiles {
		path := strings.Replace(tile.Path(), fmt.Sprintf("tile/%d/", tileHeight), "tile/", 1)
		data, err := os.ReadFile(filepath.Join(string(f), path))
		if errors.Is(err, os.ErrNotExist) && tile.W < tileWidth {
			data, err = os.ReadFile(filepath.Join(string(f), path[:strings.Index(path, ".p/")]))
			data = data[:min(len(data), tile.W*tlog.HashSize)]
		}
		if err != nil {
			return nil, err
		}
		found = append(found, data)
	}
	return found, nil
}

func (f folder) checkpoint(name string, known note.Verifiers) (tlog.Tree, error) {
	data, err := os.ReadFile(filepath.Join(string(f), name))
	if err != nil {
		return tlog.Tree{}, err
	}
	opened, err := note.Open(data, known)
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[3] != "" || lines[0] != opened.Sigs[0].Name {
		return tlog.Tree{}, fmt.Errorf("%s is no checkpoint: %q", name, opened.Text)
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}

// entry reads one entry from its bundle.
func (f folder) entry(index, size int64) ([]byte, error) {
	path := strings.Replace(tlog.Tile{H: tileHeight, L: -1, N: index / tileWidth, W: tileWidth}.Path(), "tile/8/data/", "tile/entries/", 1)
	if partial := size - index/tileWidth*tileWidth; partial < tileWidth {
		path += fmt.Sprintf(".p/%d", partial)
	}
	data, err := os.ReadFile(filepath.Join(string(f), path))
	if err != nil {
		return nil, err
	}
	for skip := index % tileWidth; ; skip-- {
		if len(data) < 2 || len(data) < 2+int(binary.BigEndian.Uint16(data)) {
			return nil, fmt.Errorf("%s is cut short", path)
		}
		length := 2 + int(binary.BigEndian.Uint16(data))
		if skip == 0 {
			return data[2:length], nil
		}
		data = data[length:]
	}
}

func hashes(proof [][]byte) []tlog.Hash {
	found := make([]tlog.Hash, len(proof))
	for i, hash := range proof {
		copy(found[i][:], hash)
	}
	return found
}

func (f folder) checkEntry(one claim, now tlog.Tree) error {
	proof := tlog.RecordProof(hashes(one.Proof))
	if err := tlog.CheckRecord(proof, now.N, now.Hash, one.Index, tlog.RecordHash(one.Entry)); err != nil {
		return err
	}
	own, err := tlog.ProveRecord(now.N, one.Index, tlog.TileHashReader(now, f))
	if err != nil {
		return err
	}
	if !slices.Equal(own, proof) {
		return errors.New("the tiles give another proof")
	}
	stored, err := f.entry(one.Index, now.N)
	if err == nil && !bytes.Equal(stored, one.Entry) {
		err = errors.New("the bundle holds another entry")
	}
	return err
}

func (f folder) checkGrowth(consistency [][]byte, old, now tlog.Tree) error {
	proof := tlog.TreeProof(hashes(consistency))
	if err := tlog.CheckTree(proof, now.N, now.Hash, old.N, old.Hash); err != nil {
		return err
	}
	own, err := tlog.ProveTree(now.N, old.N, tlog.TileHashReader(now, f))
	if err == nil && !slices.Equal(own, proof) {
		err = errors.New("the tiles give another proof of consistency")
	}
	return err
}

func run(f folder, vkey string) error {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return err
	}
	known := note.VerifierList(verifier)
	now, err := f.checkpoint("checkpoint", known)
	if err != nil {
		return err
	}
	old, err := f.checkpoint("old-checkpoint", known)
	if err != nil {
		return err
	}
	var claimed claims
	if err := json.NewDecoder(os.Stdin).Decode(&claimed); err != nil {
		return err
	}
	for _, one := range claimed.Entries {
		if err := f.checkEntry(one, now); err != nil {
			return fmt.Errorf("entry %d: %w", one.Index, err)
		}
	}
	if err := f.checkGrowth(claimed.Consistency, old, now); err != nil {
		return fmt.Errorf("from %d to %d: %w", old.N, now.N, err)
	}
	fmt.Printf("verified %d entries of %d, consistent since %d\n", len(claimed.Entries), now.N, old.N)
	return nil
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: client FOLDER VKEY < claims.json")
		os.Exit(2)
	}
	if err := run(folder(os.Args[1]), os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
