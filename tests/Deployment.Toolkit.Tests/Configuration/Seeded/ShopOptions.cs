using System.ComponentModel.DataAnnotations;

namespace Deployment.Toolkit.Tests.Configuration.Seeded;

public enum Level
{
    Low,
    High,
}

[Flags]
public enum Days
{
    None = 0,
    Monday = 1,
    Tuesday = 2,
}

public enum CacheMode
{
    Fast,
    Small,
}

public sealed class ShopOptions
{
    public required string Name { get; init; }

    public string? Owner { get; set; }

    public TimeOnly OpensAt { get; set; }

    public TimeSpan Timeout { get; set; }

    public TimeSpan Lifetime { get; set; }

    public TimeSpan Grace { get; set; }

    public int Retries { get; set; }

    public double Ratio { get; set; }

    public int Limit { get; set; }

    public Uri? Home { get; set; }

    public Guid Key { get; set; }

    public bool IsOpen { get; set; }

    public Level Level { get; set; }

    public Days Days { get; set; }

    public byte[] Logo { get; set; } = [];

    public List<string> Hosts { get; set; } = [];

    public int[] Ports { get; set; } = [];

    public Dictionary<string, int> Weights { get; set; } = [];

    public Dictionary<Level, TimeSpan> Waits { get; set; } = [];

    public CacheOptions Cache { get; set; } = new();

    public MailOptions? Mail { get; set; }

    public List<string> Banners { get; set; } = [];

    public HashSet<string> Colors { get; set; } = [];

    public DateTimeOffset Started { get; set; }

    public char Separator { get; set; }

    public string? Culture { get; set; }

    public Version? Version { get; set; }

    public byte Percent { get; set; }

    public string? Address { get; set; }

    [Phone]
    public string? Phone { get; set; }

    public string? Zip { get; set; }

    public string? Street { get; set; }

    public string? City { get; set; }
}

public sealed class CacheOptions
{
    public int Size { get; set; }

    public CacheMode Mode { get; set; }

    public int Ttl { get; set; }
}

public sealed class MailOptions
{
    public required string Host { get; init; }

    public int Port { get; set; }

    public Secret? Password { get; set; }

    public Secret? Token { get; set; }

    public List<Sender> Senders { get; set; } = [];
}

public sealed class Sender
{
    [EmailAddress]
    public required string Address { get; init; }

    public string? Name { get; set; }
}

public sealed record Endpoint(string Host, [property: Range(1, 65535)] int Port);

public sealed class LimitOptions
{
    [Range(1, 100)]
    public int Least { get; set; }

    [Range(1, 100)]
    public int Most { get; set; }
}
