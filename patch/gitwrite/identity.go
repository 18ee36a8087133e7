package gitwrite

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// Configured asks git for a value of its configuration in a directory, user's
// and system's files with all that they include; "" where there is none, or
// no git. It runs nothing of the tree: git config only reads.
func Configured(ctx context.Context, dir, key string) string {
	out, err := exec.CommandContext(ctx, "git", "-C", dir, "config", "--get", key).Output()
	if err != nil {
		return ""
	}
	return strings.TrimRight(string(out), "\n")
}

// Identity is the name and address that git would write for a role, AUTHOR or
// COMMITTER: the environment's, or else the configuration's.
func Identity(ctx context.Context, dir, role string) (name, email string) {
	value := func(env, key string) string {
		if v := os.Getenv("GIT_" + role + "_" + env); v != "" {
			return v
		}
		if v := Configured(ctx, dir, strings.ToLower(role)+"."+key); v != "" {
			return v
		}
		return Configured(ctx, dir, "user."+key)
	}
	return value("NAME", "name"), value("EMAIL", "email")
}

// dateForms is what a date may look like: git format-patch's, git log
// --date=iso's, RFC 3339.
var dateForms = []string{
	"Mon, 2 Jan 2006 15:04:05 -0700", "2 Jan 2006 15:04:05 -0700",
	"2006-01-02 15:04:05 -0700", time.RFC3339, "2006-01-02T15:04:05-0700", "2006-01-02 15:04:05", "2006-01-02",
}

// ParseDate reads a date: one of several usual forms, or seconds since 1970
// with an optional zone, as git writes it.
func ParseDate(s string) (time.Time, error) {
	s = strings.TrimSpace(s)
	for _, form := range dateForms {
		if t, err := time.Parse(form, s); err == nil {
			return t, nil
		}
	}
	seconds, zone, _ := strings.Cut(strings.TrimPrefix(s, "@"), " ")
	if n, err := strconv.ParseInt(seconds, 10, 64); err == nil && n >= 0 && n < 1<<40 {
		t := time.Unix(n, 0).UTC()
		if zone == "" {
			return t, nil
		}
		if z, err := time.Parse("-0700", zone); err == nil {
			return t.In(z.Location()), nil
		}
	}
	return time.Time{}, fmt.Errorf("date is %q, expected such as 'Wed, 25 Nov 2026 12:00:00 +0000' or 2026-11-25T12:00:00Z", s)
}
