package corsproof.spring;

import corsproof.contract.Routes;
import corsproof.servlet.ServletRoutes;
import jakarta.servlet.http.HttpServletRequest;
import java.lang.reflect.Method;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** Registers the routes as Spring MVC registers the methods of a @RestController. */
public final class MvcRoutes {

    private MvcRoutes() {}

    public static void register(RequestMappingHandlerMapping mapping) throws NoSuchMethodException {
        Method method = Controller.class.getMethod("handle", HttpServletRequest.class);
        for (Routes.Route route : Routes.all()) {
            RequestMethod[] methods = route.methods().stream().map(RequestMethod::valueOf).toArray(RequestMethod[]::new);
            RequestMappingInfo info = RequestMappingInfo.paths(route.path())
                    .methods(methods)
                    .options(mapping.getBuilderConfiguration())
                    .build();
            mapping.registerMapping(info, new Controller(route.handler()), method);
        }
    }

    /** The controller of one route. */
    public record Controller(Routes.Handler handler) {

        public ResponseEntity<byte[]> handle(HttpServletRequest request) {
            return Entities.of(handler.handle(ServletRoutes.request(request)));
        }
    }
}
