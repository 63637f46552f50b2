import corsproof.contract.Adapter;
import corsproof.contract.Policy;
import corsproof.contract.Policy.Origins;
import corsproof.contract.Snippet;
import corsproof.vertx.VertxRoutes;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.handler.CorsHandler;
import java.util.ArrayList;
import java.util.List;

/** Vert.x with the CorsHandler of Vert.x Web. */
public final class Main {

    /** Without an origin, CorsHandler lets in every origin. No origin matches this regular expression. */
    private static final String NO_ORIGIN = "(?!)";

    public static void main(String[] args) {
        Adapter.main(args, Main::mount);
    }

    private static Adapter.Ready mount(Policy policy) throws Exception {
        List<String> unsupported = new ArrayList<>();
        Snippet snippet = new Snippet("cors");
        CorsHandler cors = Adapter.configure(() -> handler(policy, snippet, unsupported));

        Adapter.silence();
        Vertx vertx = Vertx.vertx(withoutFiles());
        Router router = Router.router(vertx);
        router.route().handler(cors);
        if (policy.bothLayers()) {
            router.route().handler(handler(policy, new Snippet("cors"), new ArrayList<>()));
        }
        VertxRoutes.register(router);
        HttpServer server = vertx.createHttpServer()
                .requestHandler(router)
                .listen(0, "127.0.0.1")
                .toCompletionStage().toCompletableFuture().get();
        return new Adapter.Ready(
                server.actualPort(), "Vert.x Web", Adapter.version(CorsHandler.class), text(policy, snippet), unsupported);
    }

    private static CorsHandler handler(Policy policy, Snippet snippet, List<String> unsupported) {
        CorsHandler cors = CorsHandler.create();
        if (policy.isDefault()) {
            return cors;
        }
        origins(cors, policy.origins(), snippet);
        snippet.callIf(policy.credentials(), "allowCredentials", cors::allowCredentials);
        for (String name : Policy.single(policy.methods(), "methods", unsupported)) {
            snippet.call("allowedMethod", cors::allowedMethod, HttpMethod.valueOf(name), "HttpMethod.valueOf(\"" + name + "\")");
        }
        if (policy.requestHeaders() != null && !policy.requestHeaders().any()) {
            // Any header needs no call: without names, the handler allows what a preflight asks for.
            policy.requestHeaders().list().forEach(name -> snippet.call("allowedHeader", cors::allowedHeader, name));
        }
        for (String name : Policy.single(policy.exposeHeaders(), "exposeHeaders", unsupported)) {
            snippet.call("exposedHeader", cors::exposedHeader, name);
        }
        snippet.callIf(policy.maxAge(), "maxAgeSeconds", cors::maxAgeSeconds);
        return cors;
    }

    private static void origins(CorsHandler cors, Origins origins, Snippet snippet) {
        switch (origins.mode()) {
            case NONE -> snippet.call("addOriginWithRegex", cors::addOriginWithRegex, NO_ORIGIN);
            case ANY -> snippet.call("addOrigin", cors::addOrigin, "*");
            case LIST -> snippet.call("addOrigins", cors::addOrigins, origins.list());
            case SUBDOMAINS, REGEX -> snippet.call("addOriginsWithRegex", cors::addOriginsWithRegex, origins.expressions());
        }
    }

    private static String text(Policy policy, Snippet snippet) {
        String mounted = "router.route().handler(cors);";
        return String.join("\n",
                "CorsHandler cors = CorsHandler.create();",
                snippet.text(),
                mounted,
                policy.bothLayers() ? mounted + " // a second handler with the same content" : "").strip();
    }

    /** Vert.x writes files that are on the class path to a folder, unless it is told not to. */
    private static VertxOptions withoutFiles() {
        return new VertxOptions().setFileSystemOptions(
                new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false));
    }
}
