using Deployment.Toolkit.Registration;

namespace Deployment.Toolkit;

/// <summary>How <c>deploy check --online</c> asks a URL. Any answer with a status from 200 to 299 is well.</summary>
public sealed class HttpDependencyOptions
{
    /// <summary>
    /// The setting that holds the key, for example <c>Content:Provider:ApiKey</c>; its value may be a reference, <c>secret://name</c>.
    /// Default: no key is sent.
    /// </summary>
    public string? Credential { get; set; }

    /// <summary>The header that the key goes into. Default <c>Authorization</c>.</summary>
    public string Header { get; set; } = "Authorization";

    /// <summary>The word before the key; empty for the key alone. Default <c>Bearer</c>.</summary>
    public string Scheme { get; set; } = "Bearer";

    /// <summary>
    /// A path below the endpoint that answers cheaply and wants the key, for example <c>v1/models</c>. Default: the endpoint itself.
    /// </summary>
    public string? Path { get; set; }

    /// <summary>The method. Default <c>GET</c>.</summary>
    public string Method { get; set; } = "GET";

    internal IReadOnlyList<Declared> Declared =>
        [
            Registration.Declared.Of(nameof(Credential), Credential ?? "none"),
            Registration.Declared.Of(nameof(Header), Header),
            Registration.Declared.Of(nameof(Scheme), Scheme),
            Registration.Declared.Of(nameof(Path), Path ?? "none"),
            Registration.Declared.Of(nameof(Method), Method),
        ];
}
