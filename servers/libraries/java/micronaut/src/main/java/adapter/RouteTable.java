package adapter;

import corsproof.contract.Routes;
import io.micronaut.context.ExecutionHandleLocator;
import io.micronaut.context.annotation.Executable;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.web.router.DefaultRouteBuilder;
import io.micronaut.web.router.UriRoute;
import jakarta.inject.Singleton;

/** Registers the routes with the router of Micronaut. */
@Singleton
final class RouteTable extends DefaultRouteBuilder {

    RouteTable(ExecutionHandleLocator locator) {
        super(locator);
        for (Routes.Route route : Routes.all()) {
            for (String method : route.methods()) {
                register(method, route.path()).consumesAll();
            }
        }
    }

    private UriRoute register(String method, String path) {
        return switch (method) {
            case "GET" -> GET(path, Handlers.class, "handle", HttpRequest.class);
            case "HEAD" -> HEAD(path, Handlers.class, "handle", HttpRequest.class);
            case "POST" -> POST(path, Handlers.class, "handle", HttpRequest.class);
            case "PUT" -> PUT(path, Handlers.class, "handle", HttpRequest.class);
            case "PATCH" -> PATCH(path, Handlers.class, "handle", HttpRequest.class);
            case "DELETE" -> DELETE(path, Handlers.class, "handle", HttpRequest.class);
            case "OPTIONS" -> OPTIONS(path, Handlers.class, "handle", HttpRequest.class);
            default -> throw new IllegalArgumentException(method);
        };
    }

    /** The method that all routes lead to. */
    @Singleton
    static final class Handlers {

        @Executable
        HttpResponse<byte[]> handle(HttpRequest<?> request) {
            Routes.Handler handler = Routes.all().stream()
                    .filter(route -> withoutSlash(route.path()).equals(withoutSlash(request.getPath())))
                    .findFirst().orElseThrow()
                    .handler();
            Routes.Response from = handler.handle(new Request(request));
            MutableHttpResponse<byte[]> to = HttpResponse.<byte[]>status(HttpStatus.valueOf(from.status())).body(from.body());
            from.headers().forEach(header -> to.header(header.name(), header.value()));
            return to;
        }

        /** Micronaut serves /dir where /dir/ is: it takes no notice of a slash at the end. */
        private static String withoutSlash(String path) {
            return path.replaceFirst("/$", "");
        }
    }

    private record Request(HttpRequest<?> request) implements Routes.Request {

        @Override
        public String method() {
            return request.getMethodName();
        }

        @Override
        public String header(String name) {
            return request.getHeaders().get(name);
        }

        @Override
        public String parameter(String name) {
            return request.getParameters().get(name);
        }
    }
}
