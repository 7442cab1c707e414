// tries to reach each `label|host|port`, and says how that went
package main

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

func dial(network, host, port string) string {
	connection, err := net.DialTimeout(network, net.JoinHostPort(host, port), 5*time.Second)
	if err != nil {
		return "refused"
	}
	if network == "tcp" {
		return "reached"
	}
	connection.Write([]byte("x"))
	connection.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
	if _, err = connection.Read(make([]byte, 1)); err != nil && !os.IsTimeout(err) {
		return "refused"
	}
	return "sent"
}

func emulator() string {
	request, _ := http.NewRequest("POST", os.Getenv("AWS_ENDPOINT_URL"), strings.NewReader("Action=GetCallerIdentity&Version=2011-06-15"))
	request.Header.Set("content-type", "application/x-www-form-urlencoded")
	request.Header.Set("authorization", fmt.Sprintf("AWS4-HMAC-SHA256 Credential=%s/20260101/us-east-1/sts/aws4_request, SignedHeaders=host, Signature=0", os.Getenv("AWS_ACCESS_KEY_ID")))
	answer, err := http.DefaultClient.Do(request)
	if err != nil || answer.StatusCode != 200 {
		return "refused"
	}
	return "reached"
}

func child(host, port string, detached bool) string {
	command := exec.Command(os.Args[0], "again|"+host+"|"+port)
	command.Env = []string{}
	command.SysProcAttr = &syscall.SysProcAttr{Setsid: detached}
	output, _ := command.Output()
	_, how, _ := strings.Cut(strings.TrimSpace(string(output)), " ")
	return how
}

func main() {
	for _, word := range os.Args[1:] {
		words := strings.Split(word, "|")
		label, host, port := words[0], words[1], words[2]
		how := ""
		switch label {
		case "emulator":
			how = emulator()
		case "child", "detached":
			how = child(host, port, label == "detached")
		case "udp":
			how = dial("udp", host, port)
		default:
			how = dial("tcp", host, port)
		}
		fmt.Println(label, how)
	}
}
