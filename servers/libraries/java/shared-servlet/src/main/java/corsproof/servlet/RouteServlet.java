package corsproof.servlet;

import corsproof.contract.Routes;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** A route as a servlet. Methods that the route does not have are answered as the servlet API does. */
public final class RouteServlet extends HttpServlet {

    private final transient Routes.Route route;

    public RouteServlet(Routes.Route route) {
        this.route = route;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        if (route.methods().contains(request.getMethod())) {
            answer(request, response);
        } else {
            super.service(request, response);
        }
    }

    /** HttpServlet answers HEAD with this method, too. */
    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        if (route.methods().contains("GET")) {
            answer(request, response);
        } else {
            super.doGet(request, response);
        }
    }

    private void answer(HttpServletRequest request, HttpServletResponse response) throws IOException {
        ServletRoutes.write(route.handler().handle(ServletRoutes.request(request)), response);
    }
}
