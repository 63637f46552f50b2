package snippet

// jvm are libraries for Java.
var jvm = []software{{
	id: "spring", name: "Spring Boot", run: true,
	file: "Cors.java, in the package of the application or below it",
	note: "The filter runs before Spring Security, so that a login does not answer preflights. Remove every other CORS configuration, such as @CrossOrigin.",
	text: `
import java.util.List;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.UrlBasedCorsConfigurationSource;
import org.springframework.web.filter.CorsFilter;

@Configuration
public class Cors {

    @Bean
    public FilterRegistrationBean<CorsFilter> corsRegistration() {
        CorsConfiguration cors = new CorsConfiguration();
        cors.setAllowedOrigins(List.of({{double .Origins}}));
{{- if .Credentials}}
        cors.setAllowCredentials(true);
{{- end}}
        cors.setAllowedMethods(List.of({{double .Methods}}));
{{- if .RequestHeaders}}
        cors.setAllowedHeaders(List.of({{double .RequestHeaders}}));
{{- end}}
{{- if .ExposeHeaders}}
        cors.setExposedHeaders(List.of({{double .ExposeHeaders}}));
{{- end}}
{{- if .MaxAge}}
        cors.setMaxAge({{.MaxAge}}L);
{{- end}}
        UrlBasedCorsConfigurationSource source = new UrlBasedCorsConfigurationSource();
        source.registerCorsConfiguration("/**", cors);
        FilterRegistrationBean<CorsFilter> registration = new FilterRegistrationBean<>(new CorsFilter(source));
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
        return registration;
    }
}
`,
}}
