package corsproof.spring;

import corsproof.contract.Routes;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;

/** The responses of the routes, as handler methods of Spring return them. */
public final class Entities {

    private Entities() {}

    public static ResponseEntity<byte[]> of(Routes.Response response) {
        HttpHeaders headers = new HttpHeaders();
        response.headers().forEach(header -> headers.add(header.name(), header.value()));
        return ResponseEntity.status(response.status()).headers(headers).body(response.body());
    }
}
