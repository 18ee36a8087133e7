package program

import "strings"

// symbolActs says which act a call by this name is. The names are those of
// FreeBSD's manual pages of section 2 and 3, and the same acts' names on Linux,
// so that a program can be looked at where it was built for that.
var symbolActs = map[string]Act{
	// shmget(2), semget(2), msgget(2); what needs an identifier follows them.
	"shmget": SysV, "semget": SysV, "msgget": SysV,
	"mlock": Locks, "mlockall": Locks, "mlock2": Locks,
	// adjtime(2), ntp_adjtime(2), clock_settime(2), settimeofday(2); adjtimex(2) of Linux.
	// ntp_adjtime(2) without modes only reads, which needs no privilege.
	"adjtime": Clock, "clock_settime": Clock, "settimeofday": Clock, "stime": Clock,
	"ntp_adjtime": ClockState, "adjtimex": ClockState, "clock_adjtime": ClockState,
	"mount": Mounts, "nmount": Mounts, "unmount": Mounts, "umount": Mounts, "umount2": Mounts,
	"kldload": Modules, "kldunload": Modules, "init_module": Modules, "finit_module": Modules,
	"jail": Jails, "jail_set": Jails, "jail_attach": Jails, "jail_remove": Jails, "jailparam_set": Jails, "jail_setv": Jails,
	"reboot": Power, "swapon": Swaps, "swapoff": Swaps,
	"acct": Accounting, "auditctl": Accounting, "auditon": Accounting,
	"nfssvc": NFS,
	"rtprio": Realtime, "rtprio_thread": Realtime, "sched_setscheduler": Realtime, "sched_setparam": Realtime,
	"NgMkSockNode": Netgraph, "vm_open": Bhyve, "vm_create": Bhyve, "vmmapi_open": Bhyve,
	"kvm_getprocs": Processes, "procstat_getprocs": Processes, "kinfo_getallproc": Processes, "openproc": Processes,
	// What these ask for stands in arguments that are not looked at, or in other processes.
	"ioctl": Controls, "sysctl": Controls, "sysctlbyname": Controls, "kill": Controls, "setpriority": Controls, "procctl": Controls,
	"ptrace": Controls, "quotactl": Controls, "kenv": Controls,
	// pcap(3): bpf(4) on FreeBSD, packet sockets on Linux.
	"pcap_open_live": Captures, "pcap_activate": Captures, "pcap_create": Captures,
	"pfctl_open": Filters, "pfctl_add_rule": Filters, "pfctl_table_add_addrs": Filters,
	"ipsec_set_policy": IPsec, "pfkey_open": IPsec,
}

// prefixActs does the same for families of names.
var prefixActs = []struct {
	prefix string
	act    Act
}{
	{"fuse_main", Mounts}, {"fuse_session_mount", Mounts}, {"fuse_mount", Mounts},
	{"pfctl_", Filters}, {"nftnl_", Filters}, {"nft_ctx_", Filters}, {"iptc_", Filters},
}

func symbolAct(name string) (Act, bool) {
	if act, ok := symbolActs[name]; ok {
		return act, true
	}
	for _, p := range prefixActs {
		if strings.HasPrefix(name, p.prefix) {
			return p.act, true
		}
	}
	return "", false
}

// inetNames are calls of libc that deal in addresses of the internet: together
// with a socket they say which family it is.
var inetNames = set("getaddrinfo gethostbyname gethostbyname2 gethostbyname_r getipnodebyname inet_pton inet_aton inet_addr inet_ntoa " +
	"getservbyname getservbyname_r bindresvport bindresvport_sa rresvport rresvport_af in6addr_any in6addr_loopback if_nametoindex " +
	"res_query res_nquery res_search res_nsearch")

// resolverNames look up names, which takes the network by themselves.
var resolverNames = set("getaddrinfo gethostbyaddr gethostbyaddr_r getnameinfo getnetbyname getrrsetbyname gethostbyname gethostbyname2 gethostbyname_r gethostbyname2_r getipnodebyname res_query res_nquery res_search res_nsearch __res_query __res_nquery")

// transferNames move data through a socket, or wait for it: a socket without
// any of them is only there to ask for the state of an interface.
var transferNames = set("connect bind listen sendto sendmsg sendmmsg recvfrom recvmsg accept accept4 bindat connectat")

// inetAPI are calls of libraries whose very purpose is the network: libc's RPC,
// curl(3), libevent, libuv, OpenSSL, and clients of databases.
var inetAPI = []string{
	"clnt_create", "clnttcp_create", "clntudp_create", "svctcp_create", "svcudp_create", "svc_tli_create",
	"svc_tp_create", "rcmd", "rcmd_af",
	"curl_easy_perform", "curl_multi_perform", "curl_multi_socket_action", "fetchGet", "fetchXGet",
	"evhttp_bind_socket", "evhttp_accept_socket", "evhttp_connection_base_new", "evutil_getaddrinfo", "evdns_base_new",
	"bufferevent_socket_connect_hostname",
	"uv_tcp_", "uv_udp_", "uv_getaddrinfo", "BIO_new_connect", "BIO_new_accept", "BIO_new_ssl_connect",
	"MHD_start_daemon", "ldap_initialize", "snmp_open", "snmp_sess_open", "zmq_connect", "zmq_bind",
	"mosquitto_connect",
	"mysql_real_connect", "apr_socket_create", "apr_socket_bind", "avahi_server_new", "soup_server_listen",
	"soup_session_send",
	"_ZN10QTcpServer", "_ZN10QTcpSocket", "_ZN10QUdpSocket", "_ZN21QNetworkAccessManager", "g_socket_client_",
	"g_socket_listener_", "lws_create_context", "nghttp2_session_",
}

// inetAPIName reports whether an import is such a call.
func inetAPIName(name string) bool {
	for _, p := range inetAPI {
		if name == p || (strings.HasSuffix(p, "_") || strings.HasPrefix(p, "_Z")) && strings.HasPrefix(name, p) {
			return true
		}
	}
	return false
}

// spawnNames start other programs, of which nothing is seen: of libc, and of
// libraries that do it for their callers (GLib, libuv, APR, libdaemon, Qt).
var spawnNames = set("execve execv execvp execvpe execl execlp execle fexecve exect execvP posix_spawn posix_spawnp popen system wordexp " +
	"g_spawn_async g_spawn_sync g_spawn_async_with_pipes g_spawn_async_with_fds g_spawn_command_line_async g_spawn_command_line_sync g_subprocess_new g_subprocess_newv " +
	"g_subprocess_launcher_spawn g_subprocess_launcher_spawnv uv_spawn apr_proc_create daemon_exec daemon_execv " +
	"_ZN8QProcess5startE6QFlagsIN9QIODevice12OpenModeFlagEE _ZN8QProcess13startDetachedERK7QString")

// loadNames load further code at run time, or run code of another language.
var loadNames = set("dlopen dlmopen fdlopen g_module_open g_module_open_full lt_dlopen lt_dlopenext lt_dlopenadvise uv_dlopen apr_dso_load pam_start " +
	"_ZN13QPluginLoader4loadEv Py_Initialize Py_InitializeEx Py_InitializeFromConfig Py_RunMain perl_parse ruby_init JNI_CreateJavaVM Tcl_CreateInterp")

// devicePaths are device nodes whose name in a binary says what it may do.
var devicePaths = []struct {
	path string
	act  Act
}{
	{"/dev/tun", Tunnels}, {"/dev/tap", Tunnels}, {"/dev/net/tun", Tunnels}, {"/dev/pf", Filters}, {"/dev/bpf", Captures},
	{"/dev/fuse", Mounts}, {"/dev/kmem", Kernel}, {"/dev/mem", Kernel}, {"/dev/io", Kernel}, {"/dev/vmm", Bhyve},
	{"/dev/ppp", Tunnels},
}

func deviceAct(name string) Act {
	for _, d := range devicePaths {
		if d.path == name {
			return d.act
		}
	}
	return ""
}

func set(words string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(words) {
		out[w] = true
	}
	return out
}

// baseLibraries are the shared libraries of FreeBSD's base system, and of a
// plain Linux, which no package holds: by name without version. The value says
// what a program may reach through them that its own imports do not show.
var baseLibraries = map[string]Act{
	"libc": "", "libm": "", "libthr": "", "libpthread": "", "libutil": "", "libcrypt": "", "libz": "", "liblzma": "", "libbz2": "", "libmd": "",
	"libelf": "", "libexecinfo": "", "libedit": "", "libncurses": "", "libncursesw": "", "libtinfo": "", "libtinfow": "", "libc++": "", "libcxxrt": "",
	"libstdc++": "", "libgcc_s": "", "libdl": "", "librt": "", "libkvm": "", "libdevstat": "", "libsbuf": "", "libnv": "",
	"libjail": "", "libgeom": "", "libcam": "", "libusb": "", "libpam": "", "libnetgraph": "", "libvmmapi": "", "libpfctl": "", "libipsec": "", "libmt": "", "libssp": "",
	"libpcap": "", "libmemstat": "", "libprocstat": "", "libalias": "", "libarchive": "", "libexpat": "", "libbsdxml": "", "libblocksruntime": "", "libsys": "",
	"libmagic": "", "libprivateucl": "", "libxo": "", "libufs": "", "libzfs": "", "libnvpair": "", "ld-linux-x86-64": "", "ld-linux-aarch64": "", "ld-elf": "",
	"libanl": Resolves, "libresolv": Resolves,
	"libssl": "", "libcrypto": "", // BIO_new_connect and the like are seen as imports
	"libwrap": Resolves, "libfetch": Inet, "libradius": Inet, "libtacplus": Inet, "librpcsvc": Inet, "libbsnmp": Inet,
	"libgssapi": Inet, "libgssapi_krb5": Inet, "libkrb5": Inet, "libkadm5clnt": Inet, "libbluetooth": OtherAF, "libmilter": Sockets, "libypclnt": Inet,
}

// baseLibrary finds what is known of a library by its name with version.
func baseLibrary(soname string) (Act, bool) {
	name, _, _ := strings.Cut(soname, ".so")
	act, ok := baseLibraries[name]
	return act, ok
}
