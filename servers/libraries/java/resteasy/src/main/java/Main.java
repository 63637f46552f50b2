import corsproof.contract.Adapter;
import corsproof.contract.Policy;
import corsproof.contract.Policy.Names;
import corsproof.contract.Routes;
import corsproof.contract.Snippet;
import jakarta.ws.rs.core.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.catalina.Context;
import org.apache.catalina.startup.Tomcat;
import org.jboss.resteasy.core.ResteasyDeploymentImpl;
import org.jboss.resteasy.plugins.interceptors.CorsFilter;
import org.jboss.resteasy.plugins.server.servlet.HttpServlet30Dispatcher;
import org.jboss.resteasy.spi.HttpRequest;
import org.jboss.resteasy.spi.Registry;
import org.jboss.resteasy.spi.ResteasyDeployment;
import org.jboss.resteasy.spi.metadata.ResourceBuilder;

/** RESTEasy with its CorsFilter, as a servlet of Tomcat. */
public final class Main {

    public static void main(String[] args) {
        Adapter.main(args, Main::mount);
    }

    private static Adapter.Ready mount(Policy policy) throws Exception {
        Adapter.silence();
        List<String> unsupported = new ArrayList<>();
        Snippet snippet = new Snippet("filter");
        ResteasyDeployment deployment = new ResteasyDeploymentImpl();
        deployment.getProviders().add(filter(policy, snippet, unsupported));
        Tomcat tomcat = serve(deployment);
        routes(deployment.getRegistry());
        return new Adapter.Ready(
                tomcat.getConnector().getLocalPort(),
                "RESTEasy CorsFilter",
                Adapter.version(CorsFilter.class),
                "CorsFilter filter = new CorsFilter();\n" + snippet.text() + "\nsingletons.add(filter); // of the Application",
                unsupported);
    }

    private static CorsFilter filter(Policy policy, Snippet snippet, List<String> unsupported)
            throws Adapter.Unsupported {
        CorsFilter filter = new CorsFilter();
        if (policy.isDefault()) {
            return filter;
        }
        if (policy.bothLayers()) {
            unsupported.add("layers"); // an Application has one provider of a class
        }
        for (String origin : origins(policy)) {
            snippet.call("getAllowedOrigins().add", filter.getAllowedOrigins()::add, origin);
        }
        snippet.callIf(policy.credentials(), "setAllowCredentials", filter::setAllowCredentials);
        // Any method or header needs no call: without names, the filter allows what a preflight asks for.
        join(policy.methods(), "setAllowedMethods", filter::setAllowedMethods, snippet);
        join(policy.requestHeaders(), "setAllowedHeaders", filter::setAllowedHeaders, snippet);
        if (policy.exposeHeaders() != null && policy.exposeHeaders().any()) {
            unsupported.add("exposeHeaders");
        }
        join(policy.exposeHeaders(), "setExposedHeaders", filter::setExposedHeaders, snippet);
        snippet.callIf(policy.maxAge(), "setCorsMaxAge", filter::setCorsMaxAge);
        return filter;
    }

    private static List<String> origins(Policy policy) throws Adapter.Unsupported {
        return switch (policy.origins().mode()) {
            case NONE -> List.of();
            case ANY -> List.of("*");
            case LIST -> policy.origins().list();
            case SUBDOMAINS -> throw new Adapter.Unsupported("origins.mode=subdomains");
            case REGEX -> throw new Adapter.Unsupported("origins.mode=regex");
        };
    }

    private static void join(Names names, String method, Consumer<String> setter, Snippet snippet) {
        if (names != null && !names.any()) {
            snippet.call(method, setter, String.join(", ", names.list()));
        }
    }

    private static Tomcat serve(ResteasyDeployment deployment) throws Exception {
        String folder = Adapter.temporaryFolder().toString();
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(folder);
        tomcat.setHostname("127.0.0.1");
        tomcat.setPort(0);
        Context context = tomcat.addContext("", folder);
        context.getServletContext().setAttribute(ResteasyDeployment.class.getName(), deployment);
        Tomcat.addServlet(context, "RESTEasy", new HttpServlet30Dispatcher()).setLoadOnStartup(1);
        context.addServletMappingDecoded("/*", "RESTEasy");
        tomcat.start();
        return tomcat;
    }

    /** RESTEasy serves /dir where /dir/ is: it takes no notice of a slash at the end. */
    private static void routes(Registry registry) throws NoSuchMethodException {
        var handle = Resource.class.getMethod("handle", HttpRequest.class);
        for (Routes.Route route : Routes.all()) {
            for (String method : route.methods()) {
                var resource = ResourceBuilder.rootResource(Resource.class, route.path())
                        .method(handle).httpMethod(method).path("/").param(0).context().buildMethod()
                        .buildClass();
                registry.addSingletonResource(new Resource(route.handler()), resource);
            }
        }
    }

    /** The resource of one route. */
    public static final class Resource {
        private final Routes.Handler handler;

        public Resource(Routes.Handler handler) {
            this.handler = handler;
        }

        public Response handle(HttpRequest request) {
            Routes.Response from = handler.handle(new Request(request));
            Response.ResponseBuilder to = Response.status(from.status()).entity(from.body());
            from.headers().forEach(header -> to.header(header.name(), header.value()));
            return to.build();
        }
    }

    private record Request(HttpRequest request) implements Routes.Request {

        @Override
        public String method() {
            return request.getHttpMethod();
        }

        @Override
        public String header(String name) {
            return request.getHttpHeaders().getHeaderString(name);
        }

        @Override
        public String parameter(String name) {
            return request.getUri().getQueryParameters().getFirst(name);
        }
    }
}
