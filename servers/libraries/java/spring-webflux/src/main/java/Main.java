import corsproof.contract.Adapter;
import corsproof.contract.Policy;
import corsproof.contract.Routes;
import corsproof.contract.Snippet;
import corsproof.spring.Boot;
import corsproof.spring.CorsOptions;
import corsproof.spring.Entities;
import corsproof.spring.Source;
import java.lang.reflect.Method;
import java.util.List;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.cors.reactive.CorsWebFilter;
import org.springframework.web.cors.reactive.UrlBasedCorsConfigurationSource;
import org.springframework.web.reactive.config.CorsRegistry;
import org.springframework.web.reactive.config.WebFluxConfigurer;
import org.springframework.web.reactive.result.method.RequestMappingInfo;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;
import org.springframework.web.server.ServerWebExchange;

/**
 * Spring WebFlux in Spring Boot, with the global configuration of CORS: WebFluxConfigurer.addCorsMappings. A policy with
 * two layers has a CorsWebFilter around it.
 */
@SpringBootConfiguration
@EnableAutoConfiguration
public class Main {

    public static void main(String[] args) {
        Adapter.main(args, Main::mount);
    }

    private static Adapter.Ready mount(Policy policy) throws Exception {
        CorsOptions.check(policy);
        Source source = new Source(policy);
        Source.validate(source.configuration());
        Snippet snippet = new Snippet("cors");
        ConfigurableApplicationContext context = Boot.start(Main.class, beans -> {
            beans.registerBean(WebFluxConfigurer.class, () -> new Mappings(policy, snippet));
            if (policy.bothLayers()) {
                beans.registerBean(CorsWebFilter.class, () -> filter(source));
            }
        });
        routes(context.getBean("requestMappingHandlerMapping", RequestMappingHandlerMapping.class));
        return new Adapter.Ready(
                Boot.port(context),
                "Spring WebFlux",
                Adapter.version(CorsRegistry.class),
                text(policy, snippet, source),
                List.of());
    }

    private record Mappings(Policy policy, Snippet snippet) implements WebFluxConfigurer {

        @Override
        public void addCorsMappings(CorsRegistry registry) {
            new RegistrationOptions(registry.addMapping("/**"), snippet).set(policy);
        }
    }

    private static CorsWebFilter filter(Source from) {
        UrlBasedCorsConfigurationSource source = new UrlBasedCorsConfigurationSource();
        source.registerCorsConfiguration("/**", from.configuration());
        return new CorsWebFilter(source);
    }

    private static String text(Policy policy, Snippet snippet, Source source) {
        String mappings = snippet.text(
                "public void addCorsMappings(CorsRegistry registry) {\n    CorsRegistration cors = registry.addMapping(\"/**\");",
                "}");
        return policy.bothLayers()
                ? mappings + "\n" + source.text("CorsWebFilter corsWebFilter()", "return new CorsWebFilter(source);")
                : mappings;
    }

    /** Registers the routes as Spring registers the methods of a @RestController. */
    private static void routes(RequestMappingHandlerMapping mapping) throws NoSuchMethodException {
        Method method = Controller.class.getMethod("handle", ServerWebExchange.class);
        for (Routes.Route route : Routes.all()) {
            RequestMappingInfo info = RequestMappingInfo.paths(route.path())
                    .methods(route.methods().stream().map(RequestMethod::valueOf).toArray(RequestMethod[]::new))
                    .build();
            mapping.registerMapping(info, new Controller(route.handler()), method);
        }
    }

    /** The controller of one route. */
    public record Controller(Routes.Handler handler) {

        public ResponseEntity<byte[]> handle(ServerWebExchange exchange) {
            return Entities.of(handler.handle(new Request(exchange)));
        }
    }

    private record Request(ServerWebExchange exchange) implements Routes.Request {

        @Override
        public String method() {
            return exchange.getRequest().getMethod().name();
        }

        @Override
        public String header(String name) {
            return exchange.getRequest().getHeaders().getFirst(name);
        }

        @Override
        public String parameter(String name) {
            return exchange.getRequest().getQueryParams().getFirst(name);
        }
    }
}
