package makefile

// An Assignment is one assignment of a variable in a file of the tree.
type Assignment struct {
	File string
	Line int // from 1
	// Start and End are the byte offsets of the whole logical line: its
	// continuation lines and the last newline included.
	Start, End int
	// Op is "=", "?=", "+=", ":=" or "!=".
	Op string
	// Value is what is assigned, not expanded: without the comment, lines joined.
	Value string
	// ValueStart and ValueEnd are the byte offsets of the value in the file.
	// An empty value stands right after the operator.
	ValueStart, ValueEnd int
	// Condition says when the line is reached, as in Word; empty for always.
	Condition string
	// Taken says that the assignment is in force by default: it is reached,
	// it has effect, and no later one replaces it.
	Taken bool
}

// A Command is a command of a target, or, with empty Text, the line that names the targets.
type Command struct {
	Target string
	Text   string // not expanded
	// Condition says when make runs it, as in Word; empty for always.
	Condition string
	File      string
	Line      int
}

// assignments are all assignments of a variable in the files that were read,
// in the order of reading, in branches that do not hold too. An assignment in
// a loop or in a file that is included twice stands here once.
func (e *evaluation) assignments(name string) []Assignment {
	type key struct {
		file  string
		start int
	}
	var list []Assignment
	at := make(map[key]int)
	records := e.records
	last := 0 // the last record that replaced all before it
	for i, r := range records {
		if r.name == name && r.reached && r.effective && (r.node == nil || r.made != "" || r.node.variant != "+=") {
			last = i
		}
	}
	for i, r := range records {
		if r.name != name || r.node == nil || r.node.kind != nodeAssign || r.file.foreign || r.made != "" {
			continue
		}
		taken := r.reached && r.effective && i >= last
		k := key{r.file.path, r.node.start}
		if j, ok := at[k]; ok {
			list[j].Taken = list[j].Taken || taken
			if r.reached {
				list[j].Condition = ""
			}
			continue
		}
		at[k] = len(list)
		n := r.node
		a := Assignment{File: r.file.path, Line: n.line, Start: n.start, End: n.end, Op: n.variant,
			Value: n.text, ValueStart: n.valueStart, ValueEnd: n.valueEnd, Taken: taken}
		if !r.reached {
			a.Condition = r.guard.condition()
		}
		list = append(list, a)
	}
	return list
}

// addDirect adds what branches and helpers that are not in force assign.
func (e *evaluation) addDirect(name string, list *wordList, work *int, limit int) {
	for _, r := range e.records {
		if r.name != name || r.reached || r.node == nil || r.node.kind != nodeAssign || !r.guard.choosable() {
			continue
		}
		for _, w := range e.expandWords(piece{text: r.text, rec: -1}, work, limit) {
			w.Condition, w.File, w.Line = r.guard.condition(), r.file.path, r.node.line
			list.add(w)
		}
	}
}
