package makefile
import ("testing";"os";"strings";"fmt")
func TestTmpReal(t *testing.T){
 fsys:=os.DirFS("/work/main/corpus/testdata/ports")
 tr:=NewTree(fsys)
 data,_:=os.ReadFile("/work/main/corpus/testdata/ports.tsv")
 bad:=0
 for i,l:=range strings.Split(strings.TrimSpace(string(data)),"\n"){ if i==0{continue}
  f:=strings.Split(l,"\t")
  p,err:=tr.Port(f[0]); if err!=nil{fmt.Println("ERR",f[0],err);continue}
  for _,s:=range []string{"x"}{_=s}; if os.Getenv("SUBS")!="" {fmt.Println(f[0],p.Substitutions())}; var def,extra []string
  for _,w:=range p.Words("USE_RC_SUBR"){ if w.Condition==""{def=append(def,w.Text)}else{extra=append(extra,w.Text+"<"+w.Condition+">")}}
  got:=[]string{p.Value("PKGNAME"),p.Value("PORTREVISION"),strings.Join(def," "),p.MasterDir(),p.FilesDir()}
  for k:=range got{ if got[k]!=f[k+1]{bad++;fmt.Printf("%s: field %d got %q want %q\n",f[0],k+1,got[k],f[k+1])}}
  if len(extra)>0{fmt.Println("EXTRA",f[0],extra)}
  for _,pr:=range p.Problems(){fmt.Println("PROB",pr)}
 }
 fmt.Println("bad",bad)
}
