package software

import "github.com/corsproof/corsproof/harness"

// javaFaults are the faults of applications in Java.
func javaFaults() []Fault {
	return []Fault{{
		ID: "spring-security-first", Is: "Spring MVC has CORS and Spring Security has not, so the login answers the preflight.",
		Server: Server{Kind: "spring-security", Config: `
package app;

import java.util.Map;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.Customizer;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.config.annotation.CorsRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

@SpringBootApplication
@RestController
public class Application implements WebMvcConfigurer {

    @GetMapping("/ok")
    public Map<String, Boolean> ok() {
        return Map.of("ok", true);
    }

    @GetMapping("/public")
    public Map<String, Boolean> open() {
        return Map.of("ok", true);
    }

    @Override
    public void addCorsMappings(CorsRegistry registry) {
        registry.addMapping("/**").allowedOrigins("https://app.test");
    }

    @Bean
    SecurityFilterChain chain(HttpSecurity http) throws Exception {
        http.authorizeHttpRequests(requests -> requests
                .requestMatchers("/public").permitAll()
                .anyRequest().authenticated());
        http.httpBasic(Customizer.withDefaults());
        return http.build();
    }
}
`},
		Ask: authorized("/ok"), Reason: harness.PreflightMissingAllowOriginHeader, Control: get("/public"),
	}}
}
