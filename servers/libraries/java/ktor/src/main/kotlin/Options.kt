import corsproof.contract.Policy
import corsproof.contract.Policy.Mode
import corsproof.contract.Policy.Origins
import corsproof.contract.Snippet
import io.ktor.http.HttpMethod
import io.ktor.server.plugins.cors.CORSConfig

/** Configures the plugin for a policy, and keeps the same calls as text. */
class Options(private val policy: Policy) {
    val unsupported = mutableListOf<String>()
    private val lines = mutableListOf<String>()

    fun text() = if (lines.isEmpty()) "install(CORS)" else "install(CORS) {\n" + lines.joinToString("") { "    $it\n" } + "}"

    fun configure(cors: CORSConfig) {
        if (policy.isDefault) return
        if (policy.bothLayers()) unsupported += "layers" // an application that has the plugin cannot install it in a route
        origins(cors, policy.origins())
        policy.credentials()?.let {
            cors.allowCredentials = it
            lines += "allowCredentials = $it"
        }
        methods(cors)
        headers(cors)
        Policy.single(policy.exposeHeaders(), "exposeHeaders", unsupported).forEach {
            cors.exposeHeader(it)
            lines += "exposeHeader(${quoted(it)})"
        }
        policy.maxAge()?.let {
            cors.maxAgeInSeconds = it.toLong()
            lines += "maxAgeInSeconds = $it"
        }
    }

    private fun origins(cors: CORSConfig, origins: Origins) {
        when (origins.mode()!!) {
            Mode.NONE -> {}
            Mode.ANY -> {
                cors.anyHost()
                lines += "anyHost()"
            }
            Mode.LIST -> if (policy.kind() == Policy.Kind.VERBATIM) origins.values().forEach { verbatim(cors, it) } else list(cors, origins)
            // subDomains = listOf("*") would let in the parent, too.
            Mode.SUBDOMAINS -> origins.globs().forEach { host(cors, it) }
            Mode.REGEX -> origins.values().forEach {
                val expression = Regex(it)
                cors.allowOrigins { origin -> expression.matches(origin) }
                lines += "allowOrigins { origin -> Regex(\"\"\"$it\"\"\").matches(origin) }"
            }
        }
    }

    private fun verbatim(cors: CORSConfig, value: String) {
        lines += "allowHost(${quoted(value)})"
        cors.allowHost(value)
    }

    private fun list(cors: CORSConfig, origins: Origins) {
        origins.values().forEach { host(cors, it) }
        if (origins.allowNull()) {
            cors.allowOrigins { it == "null" }
            lines += "allowOrigins { it == \"null\" }"
        }
    }

    /** The plugin takes the scheme of an origin as a second argument. */
    private fun host(cors: CORSConfig, origin: String) {
        val (scheme, host) = origin.split("://", limit = 2)
        cors.allowHost(host, schemes = listOf(scheme))
        lines += "allowHost(${quoted(host)}, schemes = listOf(${quoted(scheme)}))"
    }

    private fun methods(cors: CORSConfig) {
        if (policy.methods()?.any() == true) {
            cors.anyMethod()
            lines += "anyMethod()"
        }
        policy.methods()?.list()?.forEach {
            cors.allowMethod(HttpMethod.parse(it))
            lines += "allowMethod(HttpMethod.parse(${quoted(it)}))"
        }
    }

    private fun headers(cors: CORSConfig) {
        if (policy.requestHeaders()?.any() == true) {
            cors.allowHeaders { true }
            cors.allowNonSimpleContentTypes = true
            lines += "allowHeaders { true }"
            lines += "allowNonSimpleContentTypes = true"
        }
        policy.requestHeaders()?.list()?.forEach {
            cors.allowHeader(it)
            lines += "allowHeader(${quoted(it)})"
        }
    }

    private fun quoted(value: String) = Snippet.literal(value)
}
