package bmake

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

// Assignments are all assignments of a variable in the files that were read,
// in the order of reading, in branches that do not hold too. An assignment in
// a loop or in a file that is included twice stands here once.
func (e *Evaluation) Assignments(name string) []Assignment {
	type key struct {
		file  string
		start int
	}
	var list []Assignment
	at := make(map[key]int)
	records := e.Occurrences
	last := 0 // the last that replaced all before it
	for i, r := range records {
		if r.Name == name && r.Reached && r.Effective && (r.Node == nil || r.Made != "" || r.Node.Variant != "+=") {
			last = i
		}
	}
	for i, r := range records {
		if r.Name != name || r.Node == nil || r.Node.Kind != NodeAssign || r.File.Foreign || r.Made != "" {
			continue
		}
		taken := r.Reached && r.Effective && i >= last
		k := key{r.File.path, r.Node.start}
		if j, ok := at[k]; ok {
			list[j].Taken = list[j].Taken || taken
			if r.Reached {
				list[j].Condition = ""
			}
			continue
		}
		at[k] = len(list)
		n := r.Node
		a := Assignment{File: r.File.path, Line: n.line, Start: n.start, End: n.end, Op: n.Variant,
			Value: n.Text, ValueStart: n.valueStart, ValueEnd: n.valueEnd, Taken: taken}
		if !r.Reached {
			a.Condition = r.Guard.condition(e.around)
		}
		list = append(list, a)
	}
	return list
}

// OtherWords gives the words that lines which are not in force assign.
func (e *Evaluation) OtherWords(name string, work *int, limit int) []Word {
	var list []Word
	for _, r := range e.Occurrences {
		if r.Name != name || r.Reached || r.Node == nil || r.Node.Kind != NodeAssign || !r.Guard.choosable() {
			continue
		}
		for _, w := range e.expandWords(Piece{Text: r.Text, Rec: -1}, work, limit) {
			w.Condition, w.File, w.Line = r.Guard.condition(e.around), r.File.path, r.Node.line
			list = append(list, w)
		}
	}
	return list
}
