package corsproof.contract;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The routes, without CORS, as data: each adapter registers them with the router of its framework. */
public final class Routes {

    /** The parts of a request that the handlers read. A header or parameter that is absent is null. */
    public interface Request {
        String method();

        String header(String name);

        String parameter(String name);
    }

    /** A response. */
    public record Response(int status, byte[] body, List<Header> headers) {}

    /** A header of a response. It replaces a header of the same name, unless it is to be added. */
    public record Header(String name, String value) {

        /** Whether a handler adds the value: the CORS layer has its own values in Vary. */
        public boolean isAdded() {
            return name.equals("Vary");
        }
    }

    /** A handler. */
    @FunctionalInterface
    public interface Handler {
        Response handle(Request request);
    }

    /** A route. */
    public record Route(String path, List<String> methods, Handler handler) {}

    private static final List<String> CHANGING = List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE");
    private static final List<String> EVERY = List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");
    private static final List<String> GET = List.of("GET");

    private static final Map<String, Integer> RUNS = new ConcurrentHashMap<>();

    private Routes() {}

    /** All routes. HEAD stands where a handler for it must run, even if the framework serves HEAD where GET is. */
    public static List<Route> all() {
        return List.of(
                new Route("/ok", CHANGING, Routes::ok),
                new Route("/json", CHANGING, Routes::json),
                new Route("/options", List.of("OPTIONS"), Routes::options),
                new Route("/put-only", List.of("PUT"), request -> text(200, "ok")),
                new Route("/boom", GET, Routes::boom),
                new Route("/auth", EVERY, Routes::auth),
                new Route("/dir/", GET, request -> text(200, "ok")),
                new Route("/redir", GET, Routes::redirect),
                new Route("/own", GET, request -> text(200, "ok", "Access-Control-Allow-Origin", "*")),
                new Route("/cache", GET, Routes::cache),
                new Route("/cookie", GET, Routes::cookie),
                new Route("/echo", GET, Routes::echo),
                new Route("/count", GET, Routes::count));
    }

    private static Response ok(Request request) {
        RUNS.merge(request.method(), 1, Integer::sum);
        return text(200, "ok", "X-Total", "7", "X-Hidden", "1", "Vary", "Accept-Encoding");
    }

    private static Response json(Request request) {
        return response(200, "application/json", "{\"ok\":true}".getBytes(), "X-Total", "7", "X-Hidden", "1");
    }

    private static Response options(Request request) {
        return text(200, "mine", "X-App-Options", "1");
    }

    private static Response boom(Request request) {
        throw new IllegalStateException("boom");
    }

    private static Response auth(Request request) {
        return request.header("Authorization") == null ? text(401, "login") : text(200, "ok");
    }

    private static Response redirect(Request request) {
        return new Response(302, new byte[0], headers("Location", request.parameter("to")));
    }

    private static Response cache(Request request) {
        String[] headers = {"Cache-Control", "max-age=600", "ETag", "\"1\""};
        if ("\"1\"".equals(request.header("If-None-Match"))) {
            return new Response(304, new byte[0], headers(headers));
        }
        return text(200, "kept", headers);
    }

    private static Response cookie(Request request) {
        String sent = request.header("Cookie");
        return text(200, sent == null ? "none" : sent,
                "Set-Cookie", "adapter=1; Path=/; Secure; SameSite=None", "Cache-Control", "no-store");
    }

    private static Response echo(Request request) {
        byte[] data = Base64.getUrlDecoder().decode(request.parameter("data"));
        return response(200, request.parameter("type"), data, "Cache-Control", "max-age=600");
    }

    private static Response count(Request request) {
        String runs = RUNS.entrySet().stream()
                .map(run -> "\"" + run.getKey() + "\":" + run.getValue())
                .collect(Collectors.joining(",", "{", "}"));
        return response(200, "application/json", runs.getBytes());
    }

    private static Response text(int status, String body, String... headers) {
        return response(status, "text/plain", body.getBytes(), headers);
    }

    private static Response response(int status, String type, byte[] body, String... headers) {
        List<Header> all = new ArrayList<>(headers(headers));
        all.add(new Header("Content-Type", type));
        return new Response(status, body, all);
    }

    private static List<Header> headers(String... pairs) {
        return IntStream.range(0, pairs.length / 2)
                .mapToObj(i -> new Header(pairs[2 * i], pairs[2 * i + 1]))
                .toList();
    }
}
