package rcrun

import (
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/svcjify/svcjify/rcparse/rcrun/interp"
)

// baseCommands is where FreeBSD's base system has its commands, by the manual
// pages of sections 1 and 8. A name that is not here is taken for a package's,
// which the PATH of service(8) and rc(8) does not reach. Where a name was or
// will be the base system's, it is here: the other error is worse.
var baseCommands = map[string]string{
	"/bin": "[ cat chflags chio chmod cp cpuset csh date dd df domainname echo ed expr freebsd-version getfacl hostname kill link ln ls mkdir mv " +
		"nproc pax pgrep pkill ps pwait pwd rcp realpath red rm rmail rmdir setfacl sh sleep stty sync tcsh test timeout unlink uuidgen",
	"/sbin": "adjkerntz bectl bsdlabel camcontrol ccdconfig clri comcontrol conscontrol ctladm ctld ddb decryptcore devctl devd devfs devmatch dhclient " +
		"dhclient-script disklabel dmesg dump dumpfs dumpon etherswitchcfg fastboot fasthalt fdisk ffsinfo fsck fsck_4.2bsd fsck_ffs fsck_msdosfs " +
		"fsck_ufs fsdb fsirand gbde gcache gcombine gconcat gcore geli geom ggatec ggated ggatel gjournal glabel gmirror gmountver gmultipath gnop " +
		"gpart graid graid3 growfs gsched gshsec gstripe gunion gvinum gvirstor halt hastctl hastd ifconfig init ip6fw ipf ipfs ipfstat ipfw ipmon " +
		"ipnat ippool iscontrol kenv kldconfig kldload kldstat kldunload kldxref ldconfig md5 mdconfig mdmfs mknod mksnap_ffs mount mount_cd9660 " +
		"mount_fusefs mount_mfs mount_msdosfs mount_nfs mount_nullfs mount_p9fs mount_tmpfs mount_udf mount_unionfs natd newfs newfs_msdos nextboot " +
		"nfsiod nologin nos-tun nvmecontrol pfctl pfilctl pflogd ping ping6 poweroff quotacheck rcorder rdump reboot recoverdisk reroot resolvconf " +
		"restore rmd160 route routed rrestore rtquery rtsol savecore sconfig setkey sha1 sha224 sha256 sha384 sha512 shutdown skein256 skein512 " +
		"spppcontrol swapctl swapoff swapon sysctl sysextctl tunefs umount zfs zfsbootcfg zpool",
	"/usr/bin": "addr2line alias apply apropos ar as asa asn1_compile at atf-sh atq atrm awk b64decode b64encode backlight banner base64 basename batch bc " +
		"beep bg biff bintrans brandelf bsdcat bsdcpio bsdiff bsdtar bsnmpget bsnmpset bsnmpwalk bspatch bthost btsockstat bunzip2 bzcat bzcmp bzdiff " +
		"bzegrep bzfgrep bzgrep bzip2 bzip2recover bzless bzmore c++ c++filt c89 c99 calendar cap_mkdb catman cc cd chat chfn chkey chpass chsh ci " +
		"cksum clang clang++ clang-cpp clear cmp co col colcrt colldef colrm column comm command compile_et compress cpio cpp crontab crunchgen " +
		"crunchide crypt csplit ctags ctfconvert ctfdump ctfmerge cu cut cvs dc dialog diff diff3 dig dirname dpv drill dtc du dwatch ee egrep elf2aout " +
		"elfctl elfdump enigma env etdump ex expand factor false fc fetch fg fgrep file file2c find finger flex flex++ flock flua fmt fold fstat fstyp " +
		"fsync ftp gate-ftp gcov gdb gencat genl getaddrinfo getconf getent getopt getopts gprof grep groups gunzip gzcat gzexe gzip hash hd head hesinfo " +
		"hexdump host hxtool iconv id ident indent install install-info intro ipcrm ipcs iscsictl jobs join jot kadmin kcc kdestroy kdump keylogin " +
		"keylogout kf kgetcred killall kinit klist kpasswd krb5-config ktrace ktrdump kyua lam last lastcomm ld ldapsearch ldd leave lesskey less lex lex++ limits " +
		"link links lint listres lld lldb llvm-ar ln loader locale localedef locate lock lockf logger login logins logname look lorder lp lpq lpr lprm lsp " +
		"lsvfs lzcat lzcmp lzdiff lzgrep lzless lzma m4 mail mailq mailx make makeinfo makewhatis man manctl mandoc manpath mdo mesg mididump minigzip " +
		"mkcsmapper mkdep mkesdb mkfifo mkimg mklocale mktemp mkuzip mm msgs mt nawk nc ncal ncurses netstat newaliases newgrp nex nfsstat nice nl nm " +
		"nohup nproc nslookup nsupdate nvi nview objcopy objdump od omshell openssl opieinfo opiekey opiepasswd opieverify otpw pagesize pamtest " +
		"passwd paste patch pathchk perror pftp pkill pkg pmcstudy posixmqcontrol posixshmcontrol pr primes printenv printf proccontrol procstat prlimit " +
		"protect psession quota random ranlib rctl rdist read readelf readlink red renice reset resizewin rev revoke rfcdiff rgrep rlog rlogin rpcgen rs " +
		"rsh rup ruptime rusers rwall rwho sbuf script sdiff seal sed seq setsid sftp showmount size slogin smbutil sockstat soelim sort split sscop ssh ssh-add " +
		"ssh-agent ssh-copy-id ssh-keygen ssh-keyscan stat stdbuf strings strip strfile su sum svnlite systat tabs tail talk tar tcopy tee telnet test tftp time " +
		"tip top touch tput tr true truncate truss tset tsort tty type ul ulimit umask unalias uname uncompress unexpand unifdef unifdefall unindent " +
		"uniq units unlzma unvis unxz unzip unzstd uptime usbhidaction usbhidctl users uudecode uuencode uuidgen vacation vgrind vi vidfont view vis " +
		"vmstat vtfontcvt w wait wall wc wg what whatis whereis which who whoami whois write xargs xo xstr xz xzcat xzcmp xzdec xzdiff xzegrep xzfgrep " +
		"xzgrep xzless xzmore yacc yes ypcat ypchfn ypchpass ypchsh ypmatch yppasswd ypwhich yyfix zcat zcmp zdiff zegrep zfgrep zforce zgrep zinject " +
		"zless zmore znew zstd zstdcat zstdgrep zstdless zstdmt ztest",
	"/usr/sbin": "IPXrouted ac accton acpiconf acpidb acpidump adduser amd amq ancontrol apm apmd arp arpaname asf atmconfig audit auditd auditdistd " +
		"auditreduce auth authpf authpf-noip automount automountd autounmountd bcmfw bhyve bhyvectl bhyveload binmiscctl blacklistctl blacklistd " +
		"blocklistctl blocklistd bluetooth-config boot0cfg bootinfo bootparamd boottrace bootpef bootptest bsdconfig bsdinstall bsnmpd bt3cfw " +
		"bthidcontrol bthidd btpand btxld burncd bootpd callbootd camdd cdcontrol certctl chgrp chkgrp chkprintcap chown chroot ckdist config " +
		"cpucontrol crashinfo cron ctm_rmail cxgbetool daemon dconschat devctl devinfo digictl diskinfo dnssec-keygen dtrace dumpcis " +
		"edquota editmap eeprom efibootmgr efidp efitable efivar etcupdate extattrctl extattr_test fdcontrol fdformat fdread fdwrite fifolog_create fifolog_reader " +
		"fifolog_writer flowctl freebsd-update freebsd-version fruset ftp-proxy fwcontrol fwget genassym geoconfig getextattr getfmac getpmac gpioctl gssd gstat gvmat64 " +
		"hccontrol hcsecd hcseriald hoststat hostapd hostapd_cli hv_kvp_daemon hv_vss_daemon hyperv i2c i4bctl ifmcstat inetd iostat iovctl ip6addrctl ipfwpcap " +
		"ipfwctl ipresend ipsend iptest iscsid isdnd jail jexec jls kadmind kbdcontrol kbdmap kdc keyserv kgmon kgssapi kldxref kstash ktutil l2control l2ping " +
		"lagg lastlogin lmcconfig local-unbound local-unbound-anchor local-unbound-checkconf local-unbound-control local-unbound-setup lockstat lpc lpd " +
		"lpt lptcontrol lptest mail.local mailstats mailwrapper makefs makemap manctl mergemaster memcontrol mergemaster mfiutil mixer mk-amd-map mlx5tool mld6query mlxcontrol " +
		"mount_autofs mount_smbfs mountd moused mpsutil mprutil mptable mptutil mrouted mrsasutil mtest mtree named ndis_events ndiscvt ndp newkey newsyslog nfscbd nfsd nfsdumpstate " +
		"nfsrevoke nfsuserd ngctl ngctl nghook nmtree nologin npppctl nscd nslcd nsupdate ntp-keygen ntpd ntpdate ntpdc ntpq ntptime nvram ofwdump opiepasswd ossinit " +
		"pam_krb5 pac pciconf periodic pkg pmc pmcannotate pmccontrol pmcstat pnfsdscopymr pnfsdsfile pnfsdskill pnpinfo portsnap powerd powermon ppp pppctl pppoed pps praudit " +
		"prometheus_sysctl_exporter procctl pstat purgestat pw pwd_mkdb pwm quot quotaoff quotaon rarpd repquota revnetgroup rfcomm_pppd rfcomm_sppd ripquery rip6query rmextattr rmt " +
		"rmuser route6d rpc.lockd rpc.rquotad rpc.rstatd rpc.rusersd rpc.rwalld rpc.sprayd rpc.statd rpc.tlsclntd rpc.tlsservd rpc.umntall rpc.yppasswdd rpc.ypupdated " +
		"rpc.ypxfrd rpcbind rrenumd rtadvctl rtadvd rtprio rtsold rwhod sa sade sendmail service services_mkdb sesutil setaudit setextattr setfib setfmac setfsmac setpmac " +
		"smbmsg snapinfo sndctl spi spkrtest spray sshd stallion stlstats stlstty sysinstall syslogd sysrc tcpdchk tcpdmatch tcpdrop tcpdump tcpsso timed timedc traceroute traceroute6 " +
		"trpt tzsetup uathload uefisign ugidfw uhsoctl unbound usbconfig usbdevs usbdump valectl vidcontrol vigr vipw virtual_oss virtual_oss_cmd vnconfig wake warp_saver watch watchdog watchdogd wicontrol " +
		"wlanconfig wlandebug wlanstats wlanstat wpa_cli wpa_passphrase wpa_supplicant yp_mkdb ypbind ypinit ypldap yppoll yppush ypserv ypset zdb zdump zfsd zhack zic zonectl zpool " +
		"ztest zzz idprio sysext",
}

// BaseCommands is the paths of the base system's commands.
func BaseCommands() []string {
	var list []string
	for dir, names := range baseCommands {
		for name := range strings.FieldsSeq(names) {
			list = append(list, dir+"/"+name)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// baseNames finds the path of a command by its name, and knows the paths.
var baseNames = sync.OnceValues(func() (byName map[string]string, paths map[string]bool) {
	byName, paths = map[string]string{}, map[string]bool{}
	for _, p := range BaseCommands() {
		paths[p] = true
		byName[path.Base(p)] = p
	}
	return byName, paths
})

// programPath is where a program would be found: the base system's own, or a package's.
func programPath(name string) string {
	byName, _ := baseNames()
	if p := byName[name]; p != "" {
		return p
	}
	return "/usr/local/bin/" + name
}

// finds reports whether execvp(3) would find a command. Where it is named by
// its path it is there, as all files are that a script names, but for a name
// that no file has and for one below the root directory, where nothing is
// installed. Where it is named alone, PATH must lead to it; a directory that
// is not the base system's is taken to hold it.
func (s *shell) finds(hc interp.Context, fr frame, name string) bool {
	_, paths := baseNames()
	switch {
	case name == "", strings.HasPrefix(name, "-"), strings.ContainsAny(name, " \t\n"): // such as a broken line
		return false
	case path.IsAbs(name):
		return true
	case strings.Contains(name, "/"):
		p := absolute(fr.cwd, name)
		return path.Clean(fr.cwd) != "/" || fr.chroot != "" || paths[p] || strings.HasPrefix(p, "/usr/local/") ||
			s.sim.files.made[p]
	case s.sim.script.functions[name]: // execve(2) knows none
		return false
	}
	for _, dir := range strings.Split(searchPath(hc, fr), ":") {
		if dir == "" {
			continue // the current directory
		}
		if _, base := baseCommands[path.Clean(dir)]; !base || paths[path.Join(dir, name)] {
			return true
		}
	}
	return false
}

// searchPath is the PATH in which a command is sought.
func searchPath(hc interp.Context, fr frame) string {
	for _, kv := range slices.Backward(fr.env) {
		if p, ok := strings.CutPrefix(kv, "PATH="); ok {
			return p
		}
	}
	if fr.cleared {
		return clean[1].Value
	}
	return getString(hc, "PATH")
}
