package adapter;

import corsproof.vertx.VertxRoutes;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import io.vertx.ext.web.Router;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.concurrent.CompletableFuture;
import org.eclipse.microprofile.config.ConfigProvider;

/** Registers the routes with the router of Quarkus, and tells when Quarkus has started. */
@ApplicationScoped
class Application implements QuarkusApplication {

    private static final CompletableFuture<Void> STARTED = new CompletableFuture<>();

    void routes(@Observes Router router) {
        VertxRoutes.register(router);
    }

    /** Quarkus calls this when it listens. */
    @Override
    public int run(String... args) {
        STARTED.complete(null);
        Quarkus.waitForExit();
        return 0;
    }

    /** The port, as soon as Quarkus listens. */
    static int port() throws Exception {
        STARTED.get();
        return ConfigProvider.getConfig().getValue("quarkus.http.port", Integer.class);
    }

    static void failed(Integer status, Throwable failure) {
        STARTED.completeExceptionally(failure == null ? new IllegalStateException("ended: " + status) : failure);
    }
}
