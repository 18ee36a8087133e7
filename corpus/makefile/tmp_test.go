package makefile
import ("testing";"os";"strings";"fmt";"slices")
func TestTmpAll(t *testing.T){
 tr:=NewTree(os.DirFS("/work/ref/mports"))
 data,_:=os.ReadFile("/tmp/cmpall/out.tsv")
 names:=[]string{"PKGNAME","PORTREVISION","FILESDIR","PORT_OPTIONS","DISTNAME","CATEGORIES","COMMENT","MAINTAINER","USES","LIB_DEPENDS","SUB_FILES","FLAVORS","USERS"}
 bad:=map[string]int{}; n:=0
 for _,l:=range strings.Split(strings.TrimSpace(string(data)),"\n"){
  f:=strings.Split(l,"\t"); n++; if len(f)<14{continue}; if len(f)<14 {continue}
  p,err:=tr.Port(f[0]); if err!=nil{fmt.Println("ERR",f[0],err);continue}
  for _,pr:=range p.Problems(){fmt.Println("PROB",f[0],pr)}
  for i,nm:=range names{ want:=strings.Join(strings.Fields(f[i+1])," "); got:=strings.Join(strings.Fields(p.Value(nm))," ")
   if nm=="FILESDIR"{got="/work/ref/mports/"+p.FilesDir()}
   got=strings.ReplaceAll(got,"/usr/ports","/work/ref/mports")
   if nm=="PORT_OPTIONS"{a:=strings.Fields(got);slices.Sort(a);got=strings.Join(a," ")}
   if got!=want{bad[nm]++; if (nm=="PKGNAME"||nm=="PORT_OPTIONS"||nm=="FLAVORS"||nm=="SUB_FILES"||nm=="CATEGORIES"||nm=="USERS") {fmt.Printf("%s %s:\n   make %q\n   here %q\n",f[0],nm,want,got)}}}
 }
 fmt.Println(n,bad)
}
