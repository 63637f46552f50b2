package corsproof.servlet;

import corsproof.contract.Routes;
import corsproof.contract.Routes.Header;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** The requests and responses of the routes, in terms of the servlet API. */
public final class ServletRoutes {

    private ServletRoutes() {}

    public static Routes.Request request(HttpServletRequest request) {
        return new Routes.Request() {
            @Override
            public String method() {
                return request.getMethod();
            }

            @Override
            public String header(String name) {
                return request.getHeader(name);
            }

            @Override
            public String parameter(String name) {
                return request.getParameter(name);
            }
        };
    }

    public static void write(Routes.Response from, HttpServletResponse to) throws IOException {
        to.setStatus(from.status());
        for (Header header : from.headers()) {
            if (header.isAdded()) {
                to.addHeader(header.name(), header.value());
            } else {
                to.setHeader(header.name(), header.value());
            }
        }
        to.getOutputStream().write(from.body());
    }
}
