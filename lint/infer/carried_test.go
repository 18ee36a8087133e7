package infer

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/svcjify/svcjify/rcparse"
)

// TestCarried has command lines of runtimes and what they run.
func TestCarried(t *testing.T) {
	for _, c := range []struct {
		line string
		want string // the names, and the way to the last
	}{
		{"/usr/local/openjdk21/bin/java -Xmx1g -jar /usr/local/share/mud/mudserver-2.4.1.jar --port 4000", "mudserver-2.4.1 mudserver java runs the archive mudserver-2.4.1.jar"},
		{"/usr/local/bin/java -cp /a.jar:/b/* -Dx=y org.apache.zookeeper.server.quorum.QuorumPeerMain z.cfg",
			"zookeeper zookeeper quorum quorumpeermain java runs the class org.apache.zookeeper.server.quorum.QuorumPeerMain"},
		{"java --add-opens java.base/java.lang=ALL-UNNAMED -classpath x kafka.Kafka server.properties", "kafka kafka java runs the class kafka.Kafka"},
		{"/usr/local/bin/jsvc -user www -cp x org.apache.catalina.startup.Bootstrap", "tomcat catalina java runs the class org.apache.catalina.startup.Bootstrap"},
		{"java -p /mods -m org.example.mud/org.example.mud.Main", "example mud example mud java runs the class org.example.mud/org.example.mud.Main"},
		{"java -version", ""},
		{"java $opts", ""},
		{"/usr/local/lib/mud/erts-14.2/bin/beam.smp -- -root /x", "mud its runtime belongs to the release mud"},
		{"/usr/local/bin/erl -noshell -sname mud@localhost -boot start_sasl -s rabbit boot", "mud rabbitmq-server rabbit erl starts the module rabbit"},
		{"erl -boot /opt/mud/releases/1/mud", "mud erl boots the release mud"},
		{"escript /usr/local/bin/rabbitmqctl start", "rabbitmqctl rabbitmq-server escript runs rabbitmqctl"},
		{"/usr/local/bin/mudd -jar x.jar", ""},
		{"java -jar", ""}, {"erl -s", ""}, {"escript", ""},
	} {
		names := carried(strings.Fields(c.line))
		var got []string
		for _, n := range names {
			got = append(got, n.Text)
		}
		if len(names) > 0 {
			got = append(got, names[len(names)-1].How)
		}
		require.Equal(t, c.want, strings.Join(got, " "), c.line)
	}
}

// TestKnownByRuntime goes the whole way: by a runtime's command line, a wrapper
// around a helper and a procname to an entry of the table.
func TestKnownByRuntime(t *testing.T) {
	k, err := Embedded()
	require.NoError(t, err)
	for _, c := range []struct{ name, script, needs, how string }{
		{"an archive", "command=/usr/sbin/daemon\ncommand_args=\"-f /usr/local/bin/java -jar /usr/local/share/z/jenkins.war\"\n", "net_basic", "java runs the archive jenkins.war"},
		{"a class", "command=/usr/local/bin/java\ncommand_args=\"-cp /x org.apache.catalina.startup.Bootstrap start\"\n", "net_basic", "java runs the class org.apache.catalina"},
		{"catalina.sh behind su(1)", "start_cmd=go\ngo() { su -m www -c \"/usr/local/z/bin/catalina.sh start\"; }\n", "net_basic", "catalina.sh starts it"},
		{"pg_ctl behind limits(1) and su(1)", "start_cmd=go\ngo() { limits -C db su -m db -c 'exec /usr/local/bin/pg_ctl -D /db start'; }\n", "net_basic sysvipcnew", "pg_ctl starts it"},
		{"mysqld_safe behind nohup(1)", "start_cmd=go\ngo() { nohup /usr/local/bin/mysqld_safe --user=db & }\n", "net_basic", "mysqld_safe starts it"},
		{"apachectl by a variable", "z_ctl=/usr/local/sbin/apachectl\nstart_cmd=go\ngo() { exec ${z_ctl} start; }\n", "net_basic", "apachectl starts it"},
		{"a release's procname", "command=/usr/sbin/daemon\nprocname=/usr/local/lib/ejabberd/erts-14.0/bin/beam.smp\n", "net_basic", "its runtime belongs to the release ejabberd"},
		{"erl", "command=/usr/local/bin/erl\ncommand_args=\"-detached -s yaws\"\n", "net_basic", "erl starts the module yaws"},
		{"a procname that is a helper", "command=/usr/sbin/daemon\nprocname=/usr/local/bin/collectdmon\n", "net_basic", ""},
		{"java of which nothing is known", "command=/usr/local/bin/java\ncommand_args=\"-cp /x org.example.Main\"\n", "", ""},
		{"beam of which nothing is known", "command=/usr/local/bin/beam.smp\n", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := asked("zz", "")
			in.Script = rcparse.Parse([]byte("name=zz\n"+c.script), nil)
			m := k.Lookup(in)
			if c.needs == "" {
				require.Nil(t, m)
				return
			}
			require.NotNil(t, m, "%v", in.Known())
			require.Equal(t, c.needs, strings.Join(slices.Sorted(slices.Values(m.Entry.Needs)), " "))
			require.Contains(t, m.How, c.how)
			if m.How != "" {
				require.Equal(t, Likely, Infer(in, nil, k).Certainty, "what is derived is likely at most")
				v := Infer(in, nil, &Knowledge{})
				require.Contains(t, strings.Join(v.NotFound, "\n"), m.By+" ("+m.How+")", "what was looked for is told")
			}
		})
	}
}
