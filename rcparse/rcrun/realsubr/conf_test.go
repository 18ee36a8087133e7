package realsubr

import (
	"fmt"
	"strings"

	"github.com/svcjify/svcjify/rcparse/rcrun"
)

// defaults is /etc/defaults/rc.conf as far as rc.subr and scripts need one.
const defaults = `rc_debug="NO"
rc_info="NO"
rc_startmsgs="YES"
local_startup="/usr/local/etc/rc.d"
script_name_sep=" "
rc_conf_files="/etc/rc.conf"
always_force_depends="NO"
varmfs="AUTO"
root_rw_mount="YES"
syslogd_enable="YES"
svcj_all_enable="NO"
ldconfig_paths="/usr/lib/compat /usr/local/lib"
devfs_rulesets="/etc/defaults/devfs.rules /etc/devfs.rules"
source_rc_confs()
{
	. /etc/rc.conf
}
`

// inetdConf is inetd.conf(5) as a new host has it: no service is switched on.
const inetdConf = "#ftp\tstream\ttcp\tnowait\troot\t/usr/libexec/ftpd\tftpd -l\n#tftp\tdgram\tudp\twait\troot\t/usr/libexec/tftpd\ttftpd -l -s /tftpboot\n"

func rcConf(s *subject, sc rcrun.Scenario) string {
	list := append([]rcrun.Setting(nil), s.assumed...)
	for _, sv := range s.services {
		if sv.rcvar != "" {
			list = append(list, rcrun.Setting{Name: sv.rcvar, Value: "YES"})
		}
		if sc.Svcj && sv.name != "" {
			list = append(list, rcrun.Setting{Name: sv.name + "_svcj", Value: "YES"})
		}
	}
	for _, name := range s.switched {
		list = append(list, rcrun.Setting{Name: name, Value: "YES"})
	}
	var b strings.Builder
	for _, v := range append(list, sc.RCConf...) {
		if v.Name != "" && strings.Trim(v.Name,
			"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == "" {
			fmt.Fprintf(&b, "%s='%s'\n", v.Name, strings.ReplaceAll(v.Value, "'", `'\''`))
		}
	}
	return b.String()
}
