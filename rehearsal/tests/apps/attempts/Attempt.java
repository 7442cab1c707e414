// tries to reach each `label|host|port`, and says how that went
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;

class Attempt {
    static String tcp(String host, int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getByName(host), port), 5000);
            return "reached";
        } catch (SocketTimeoutException error) {
            return "timed out";
        } catch (Exception error) {
            return "refused";
        }
    }

    static String udp(String host, int port) {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(InetAddress.getByName(host), port);
            socket.send(new DatagramPacket(new byte[1], 1));
            socket.setSoTimeout(100);
            socket.receive(new DatagramPacket(new byte[1], 1));
        } catch (SocketTimeoutException error) {
            return "sent";
        } catch (Exception error) {
            return "refused";
        }
        return "reached";
    }

    static String emulator() {
        var scope = System.getenv("AWS_ACCESS_KEY_ID") + "/20260101/us-east-1/sts/aws4_request";
        var request = HttpRequest.newBuilder(URI.create(System.getenv("AWS_ENDPOINT_URL")))
            .header("content-type", "application/x-www-form-urlencoded")
            .header("authorization", "AWS4-HMAC-SHA256 Credential=" + scope + ", SignedHeaders=host, Signature=0")
            .POST(HttpRequest.BodyPublishers.ofString("Action=GetCallerIdentity&Version=2011-06-15")).build();
        try {
            var answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
            return answer.statusCode() == 200 ? "reached" : "refused";
        } catch (Exception error) {
            return "refused";
        }
    }

    static String child(String host, String port, boolean detached) throws Exception {
        var words = new ArrayList<>(detached ? List.of("setsid", "--wait") : List.of());
        words.addAll(List.of(ProcessHandle.current().info().command().get(), System.getProperty("jdk.launcher.sourcefile", "Attempt.java"), "again|" + host + "|" + port));
        var started = new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        return new String(started.getInputStream().readAllBytes()).trim().replaceFirst("^\\S+ ", "");
    }

    public static void main(String[] words) throws Exception {
        for (var word : words) {
            var parts = word.split("\\|", -1);
            System.out.println(parts[0] + " " + switch (parts[0]) {
                case "emulator" -> emulator();
                case "child", "detached" -> child(parts[1], parts[2], parts[0].equals("detached"));
                case "udp" -> udp(parts[1], Integer.parseInt(parts[2]));
                default -> tcp(parts[1], Integer.parseInt(parts[2]));
            });
        }
    }
}
