package advise

import (
	"github.com/svcjify/svcjify/corpus/host"
	"github.com/svcjify/svcjify/lint/infer"
	"github.com/svcjify/svcjify/lint/infer/program"
)

func (m *Machine) finder(s *host.Script, k *infer.Knowledge) *program.Finder { return nil }
