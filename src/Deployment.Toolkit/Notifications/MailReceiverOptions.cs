namespace Deployment.Toolkit;

/// <summary>By which server mail goes, from whom and to whom.</summary>
public sealed class MailReceiverOptions
{
    /// <summary>The SMTP server.</summary>
    public string Host { get; set; } = "";

    /// <summary>Its port. Default 587.</summary>
    public int Port { get; set; } = 587;

    /// <summary>Whether the connection is encrypted, by STARTTLS. Default <see langword="true"/>.</summary>
    public bool UsesTls { get; set; } = true;

    /// <summary>The sender's address.</summary>
    public string From { get; set; } = "";

    /// <summary>The receivers' addresses.</summary>
    public IList<string> To { get; } = [];

    /// <summary>The user; <see langword="null"/> where the server wants none.</summary>
    public string? User { get; set; }

    /// <summary>The setting that holds the password, or refers to a secret that does.</summary>
    public string? PasswordSetting { get; set; }

    internal string Key =>
        string.Join(
            '\n',
            [
                Host,
                Port.ToString(System.Globalization.CultureInfo.InvariantCulture),
                UsesTls ? "tls" : "",
                From,
                .. To,
                User ?? "",
                PasswordSetting ?? "",
            ]
        );
}
