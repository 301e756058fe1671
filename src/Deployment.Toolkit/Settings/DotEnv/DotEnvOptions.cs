namespace Deployment.Toolkit;

/// <summary>How <c>.env</c> files are read.</summary>
public sealed class DotEnvOptions
{
    /// <summary>
    /// Refuses lines that well-known tools read differently: a <c>#</c> without a blank before it, a <c>$</c> outside quotes, a quote that
    /// nothing closes. Default <see langword="false"/>: they are read as docs/dotenv.md says.
    /// </summary>
    public bool Strict { get; set; }
}
