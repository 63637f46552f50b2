import corsproof.contract.Adapter;
import corsproof.contract.Policy;
import corsproof.contract.Routes;
import corsproof.contract.Snippet;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.cors.CorsFeature;
import io.helidon.webserver.cors.CorsPathConfig;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Helidon SE with its CORS feature. */
public final class Main {

    public static void main(String[] args) {
        Adapter.main(args, Main::mount);
    }

    private static Adapter.Ready mount(Policy policy) throws Exception {
        Adapter.silence();
        Snippet snippet = new Snippet("path");
        CorsFeature cors = Adapter.configure(() -> feature(policy, snippet, "cors"));
        var server = WebServer.builder().host("127.0.0.1").port(0).addFeature(cors);
        if (policy.bothLayers()) {
            server.addFeature(feature(policy, new Snippet("path"), "inner-cors"));
        }
        WebServer started = server.routing(Main::routes).build().start();
        return new Adapter.Ready(
                started.port(), "Helidon SE", Adapter.version(CorsFeature.class), text(policy, snippet), List.of());
    }

    private static CorsFeature feature(Policy policy, Snippet snippet, String name) {
        if (policy.isDefault()) {
            return CorsFeature.create();
        }
        var path = CorsPathConfig.builder();
        snippet.call("pathPattern", path::pathPattern, "/*");
        snippet.call("allowOrigins", path::allowOrigins, set(origins(policy)));
        if (policy.methods() != null) {
            snippet.call("allowMethods", path::allowMethods, set(policy.methods().orStar()));
        }
        if (policy.requestHeaders() != null) {
            snippet.call("allowHeaders", path::allowHeaders, set(policy.requestHeaders().orStar()));
        }
        if (policy.exposeHeaders() != null) {
            snippet.call("exposeHeaders", path::exposeHeaders, set(policy.exposeHeaders().orStar()));
        }
        snippet.callIf(policy.credentials(), "allowCredentials", path::allowCredentials);
        if (policy.maxAge() != null) {
            snippet.call("maxAge", path::maxAge, Duration.ofSeconds(policy.maxAge()));
        }
        return CorsFeature.builder().name(name).addPath(path.build()).build();
    }

    /** A value with a backslash, a star or a curly brace is a regular expression. */
    private static List<String> origins(Policy policy) {
        return switch (policy.origins().mode()) {
            case NONE -> List.of();
            case ANY -> List.of("*");
            case LIST -> policy.origins().list();
            case SUBDOMAINS, REGEX -> policy.origins().expressions();
        };
    }

    private static Set<String> set(List<String> values) {
        return new LinkedHashSet<>(values);
    }

    private static String text(Policy policy, Snippet snippet) {
        if (policy.isDefault()) {
            return "WebServer.builder().addFeature(CorsFeature.create())";
        }
        String text = snippet.text(
                "WebServer.builder().addFeature(CorsFeature.create(cors -> cors.addPath(CorsPathConfig.create(path -> {", "}))))");
        return policy.bothLayers() ? text + "\n// and a second feature with another name and the same path" : text;
    }

    private static void routes(HttpRouting.Builder routing) {
        for (Routes.Route route : Routes.all()) {
            for (String method : route.methods()) {
                routing.route(Method.create(method), route.path(),
                        (request, response) -> answer(response, route.handler().handle(new Request(request))));
            }
        }
    }

    private record Request(ServerRequest request) implements Routes.Request {

        @Override
        public String method() {
            return request.prologue().method().text();
        }

        @Override
        public String header(String name) {
            return request.headers().first(HeaderNames.create(name)).orElse(null);
        }

        @Override
        public String parameter(String name) {
            return request.query().first(name).orElse(null);
        }
    }

    private static void answer(ServerResponse to, Routes.Response from) {
        to.status(Status.create(from.status()));
        for (Routes.Header header : from.headers()) {
            if (header.isAdded()) {
                to.headers().add(HeaderValues.create(header.name(), header.value()));
            } else {
                to.headers().set(HeaderValues.create(header.name(), header.value()));
            }
        }
        to.send(from.body());
    }
}
