import corsproof.contract.Adapter;
import corsproof.contract.Policy;
import corsproof.contract.Routes;
import corsproof.contract.Snippet;
import corsproof.servlet.RouteServlet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.CrossOriginHandler;

/** Jetty 12 with its CrossOriginHandler around a context of servlets. */
public final class Main {

    public static void main(String[] args) {
        Adapter.main(args, Main::mount);
    }

    private static Adapter.Ready mount(Policy policy) throws Exception {
        List<String> unsupported = new ArrayList<>();
        Snippet snippet = new Snippet("handler");
        Server server = new Server();
        ServerConnector connector = new ServerConnector(server);
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        Handler handler = cors(policy, snippet, unsupported, context());
        if (policy.bothLayers()) {
            handler = cors(policy, new Snippet("handler"), new ArrayList<>(), handler);
        }
        server.setHandler(handler);
        Adapter.configure(() -> {
            server.start();
            return server;
        });
        return new Adapter.Ready(
                connector.getLocalPort(),
                "Jetty",
                Adapter.version(CrossOriginHandler.class),
                text(policy, snippet),
                unsupported);
    }

    private static Handler cors(Policy policy, Snippet snippet, List<String> unsupported, Handler inner) {
        CrossOriginHandler handler = new CrossOriginHandler();
        if (!policy.isDefault()) {
            configure(handler, policy, snippet, unsupported);
        }
        handler.setHandler(inner);
        return handler;
    }

    private static void configure(
            CrossOriginHandler handler, Policy policy, Snippet snippet, List<String> unsupported) {
        snippet.call("setAllowedOriginPatterns", handler::setAllowedOriginPatterns, set(patterns(policy)));
        snippet.callIf(policy.credentials(), "setAllowCredentials", handler::setAllowCredentials);
        List<String> methods = Policy.single(policy.methods(), "methods", unsupported);
        if (!methods.isEmpty()) {
            snippet.call("setAllowedMethods", handler::setAllowedMethods, set(methods));
        }
        if (policy.requestHeaders() != null) {
            snippet.call("setAllowedHeaders", handler::setAllowedHeaders, set(policy.requestHeaders().orStar()));
        }
        List<String> exposed = Policy.single(policy.exposeHeaders(), "exposeHeaders", unsupported);
        if (!exposed.isEmpty()) {
            snippet.call("setExposedHeaders", handler::setExposedHeaders, set(exposed));
        }
        if (policy.maxAge() != null) {
            snippet.call("setPreflightMaxAge", handler::setPreflightMaxAge, Duration.ofSeconds(policy.maxAge()));
        }
    }

    /** The option takes regular expressions: its documentation says to escape the dots of a domain. */
    private static List<String> patterns(Policy policy) {
        return switch (policy.origins().mode()) {
            case NONE -> List.of();
            case ANY -> List.of("*");
            case LIST -> policy.kind() == Policy.Kind.VERBATIM
                    ? policy.origins().list()
                    : policy.origins().list().stream().map(origin -> origin.replace(".", "\\.")).toList();
            case SUBDOMAINS, REGEX -> policy.origins().expressions();
        };
    }

    private static Set<String> set(List<String> values) {
        return new LinkedHashSet<>(values);
    }

    private static String text(Policy policy, Snippet snippet) {
        return Stream.of(
                        "CrossOriginHandler handler = new CrossOriginHandler();",
                        snippet.text(),
                        policy.bothLayers() ? "CrossOriginHandler outer = ... // with the same content" : "",
                        "handler.setHandler(context);",
                        policy.bothLayers() ? "outer.setHandler(handler);\nserver.setHandler(outer);" : "server.setHandler(handler);")
                .filter(line -> !line.isEmpty())
                .collect(Collectors.joining("\n"));
    }

    private static Handler context() {
        ServletContextHandler context = new ServletContextHandler("/");
        for (Routes.Route route : Routes.all()) {
            context.addServlet(new ServletHolder(new RouteServlet(route)), route.path());
        }
        return context;
    }
}
