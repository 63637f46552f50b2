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
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.annotation.web.configurers.CorsConfigurer;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.AnonymousAuthenticationFilter;
import org.springframework.web.cors.UrlBasedCorsConfigurationSource;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/**
 * Spring Security with http.cors, in front of Spring MVC. A policy with two layers configures CORS in Spring MVC, too.
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
        Source.validate(source.configuration());
        ConfigurableApplicationContext context = Boot.start(Main.class, beans -> {
            beans.registerBean(DocumentRoot.class);
            beans.registerBean("securityFilterChain", SecurityFilterChain.class, () -> chain(beans.getBean(HttpSecurity.class)));
            if (!policy.isDefault()) {
                beans.registerBean("corsConfigurationSource", UrlBasedCorsConfigurationSource.class, () -> source(source));
            }
            if (policy.bothLayers()) {
                beans.registerBean(WebMvcConfigurer.class, () -> mappings);
            }
        });
        MvcRoutes.register(context.getBean("requestMappingHandlerMapping", RequestMappingHandlerMapping.class));
        return new Adapter.Ready(
                Boot.port(context),
                "Spring Security",
                Adapter.version(CorsConfigurer.class),
                text(policy, source, mappings),
                List.of());
    }

    /** The check of /auth is the one of Spring Security. Headers and sessions, which it adds, are not asked for. */
    private static SecurityFilterChain chain(HttpSecurity http) {
        return http
                .cors(Customizer.withDefaults())
                .authorizeHttpRequests(requests -> requests
                        .requestMatchers("/auth").authenticated()
                        .anyRequest().permitAll())
                .addFilterBefore(new Login(), AnonymousAuthenticationFilter.class)
                .exceptionHandling(handling -> handling.authenticationEntryPoint(Login::ask))
                .csrf(AbstractHttpConfigurer::disable)
                .headers(AbstractHttpConfigurer::disable)
                .requestCache(AbstractHttpConfigurer::disable)
                .sessionManagement(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .build();
    }

    private static UrlBasedCorsConfigurationSource source(Source from) {
        UrlBasedCorsConfigurationSource source = new UrlBasedCorsConfigurationSource();
        source.registerCorsConfiguration("/**", from.configuration());
        return source;
    }

    private static String text(Policy policy, Source source, MvcMappings mappings) {
        String text = "http.cors(Customizer.withDefaults());";
        if (!policy.isDefault()) {
            text += "\n" + source.text("UrlBasedCorsConfigurationSource corsConfigurationSource()", "return source;");
        }
        return policy.bothLayers() ? text + "\n" + mappings.text() : text;
    }
}
