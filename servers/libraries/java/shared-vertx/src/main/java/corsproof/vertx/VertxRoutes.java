package corsproof.vertx;

import corsproof.contract.Routes;
import corsproof.contract.Routes.Header;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

/** Registers the routes with the router of Vert.x Web. The calls are the same in Vert.x 4, which Quarkus has. */
public final class VertxRoutes {

    private VertxRoutes() {}

    public static void register(Router router) {
        for (Routes.Route route : Routes.all()) {
            for (String method : route.methods()) {
                router.route(HttpMethod.valueOf(method), route.path())
                        .handler(context -> answer(context.response(), route.handler().handle(request(context))));
            }
        }
    }

    private static Routes.Request request(RoutingContext context) {
        return new Routes.Request() {
            @Override
            public String method() {
                return context.request().method().name();
            }

            @Override
            public String header(String name) {
                return context.request().getHeader(name);
            }

            @Override
            public String parameter(String name) {
                return context.request().getParam(name);
            }
        };
    }

    private static void answer(HttpServerResponse to, Routes.Response from) {
        to.setStatusCode(from.status());
        for (Header header : from.headers()) {
            if (header.isAdded()) {
                to.headers().add(header.name(), header.value());
            } else {
                to.putHeader(header.name(), header.value());
            }
        }
        to.end(Buffer.buffer(from.body()));
    }
}
