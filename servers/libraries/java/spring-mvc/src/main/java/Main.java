import corsproof.contract.Adapter;
import corsproof.contract.Policy;
import corsproof.spring.Boot;
import corsproof.spring.CorsOptions;
import corsproof.spring.DocumentRoot;
import corsproof.spring.MvcMappings;
import corsproof.spring.MvcRoutes;
import corsproof.spring.Source;
import java.util.List;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.UrlBasedCorsConfigurationSource;
import org.springframework.web.filter.CorsFilter;
import org.springframework.web.servlet.config.annotation.CorsRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/**
 * Spring MVC in Spring Boot, with the global configuration of CORS: WebMvcConfigurer.addCorsMappings. A policy with two
 * layers has a CorsFilter around it.
 */
@SpringBootConfiguration
@EnableAutoConfiguration
public class Main {

    public static void main(String[] args) {
        Adapter.main(args, Main::mount);
    }

    private static Adapter.Ready mount(Policy policy) throws Exception {
        CorsOptions.check(policy);
        MvcMappings mappings = new MvcMappings(policy);
        Source source = new Source(policy);
        ConfigurableApplicationContext context = Boot.start(Main.class, beans -> {
            beans.registerBean(DocumentRoot.class);
            beans.registerBean(WebMvcConfigurer.class, () -> mappings);
            if (policy.bothLayers()) {
                beans.registerBean(CorsFilter.class, () -> filter(source));
            }
        });
        var handlers = context.getBean("requestMappingHandlerMapping", RequestMappingHandlerMapping.class);
        validate(handlers);
        MvcRoutes.register(handlers);
        return new Adapter.Ready(
                Boot.port(context),
                "Spring MVC",
                Adapter.version(CorsRegistry.class),
                policy.bothLayers() ? mappings.text() + "\n" + filterText(source) : mappings.text(),
                List.of());
    }

    private static CorsFilter filter(Source from) {
        UrlBasedCorsConfigurationSource source = new UrlBasedCorsConfigurationSource();
        source.registerCorsConfiguration("/**", from.configuration());
        return new CorsFilter(source);
    }

    private static String filterText(Source source) {
        return source.text("CorsFilter corsFilter()", "return new CorsFilter(source);");
    }

    private static void validate(RequestMappingHandlerMapping handlers) throws Exception {
        var source = (UrlBasedCorsConfigurationSource) handlers.getCorsConfigurationSource();
        for (CorsConfiguration configuration : source.getCorsConfigurations().values()) {
            Source.validate(configuration);
        }
    }
}
