using System.ComponentModel.DataAnnotations;

namespace Unsafe;

public sealed class MailOptions
{
    [Required]
    public string? Host { get; set; }

    public int Port { get; set; } = 25;

    public TimeSpan Timeout { get; set; }

    public string? Password { get; set; }
}
