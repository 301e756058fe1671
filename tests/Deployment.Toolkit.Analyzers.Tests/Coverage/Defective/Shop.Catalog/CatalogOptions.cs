using System;
using System.Collections.Generic;
using System.ComponentModel.DataAnnotations;

namespace Shop.Catalog;

public enum SortOrder { Price, Name, Age }

public sealed class CatalogOptions
{
    public const string SectionName = "Catalog";

    public string Title { get; set; } = "";

    public int PageSize { get; set; } = 20;

    public SortOrder Order { get; set; }

    public bool ShowPrices { get; set; }

    public TimeSpan CacheFor { get; set; }

    public RetryOptions Retry { get; set; } = new();

    public List<MirrorOptions> Mirrors { get; } = [];

    public Dictionary<string, double> Weights { get; } = new(StringComparer.Ordinal);

    public int[] FeaturedIds { get; set; } = [];
}

public sealed record RetryOptions
{
    public byte MaxAttempts { get; init; }

    public TimeSpan Pause { get; init; }
}

public sealed class MirrorOptions
{
    public Uri? Url { get; set; }

    public int Weight { get; set; }
}

public sealed class SearchOptions
{
    [Range(1, 100)]
    public int Results { get; set; } = 10;

    public Guid Index { get; set; }
}

public sealed class InventoryOptions
{
    public string? Warehouse { get; set; }

    public int ReorderBelow { get; set; }
}

public sealed class MailOptions
{
    [Required]
    public string? Host { get; set; }

    public int Port { get; set; } = 25;

    [Required]
    public string? Sender { get; set; }

    public string? Password { get; set; }

    public TimeSpan Timeout { get; set; }
}
