namespace Deployment.Toolkit;

/// <summary>Which item <see cref="DeploymentPromotion.TickAsync"/> ticks.</summary>
public sealed record TickRequest : DeploymentRequest
{
    /// <summary>The item, by its number from 1 or by its text.</summary>
    public required string Item { get; init; }

    /// <summary>The release, as <c>version</c> or <c>version+commit</c>. Default: the entry assembly's informational version.</summary>
    public string? Release { get; init; }

    /// <summary>Whether it is done; otherwise a tick is taken back. Default <see langword="true"/>.</summary>
    public bool IsDone { get; init; } = true;

    /// <summary>What there is to say, up to 500 characters; kept in the journal. Default <see langword="null"/>.</summary>
    public string? Note { get; init; }
}

/// <summary>An item of an environment's checklist, as it stands for a release.</summary>
public sealed record ChecklistItem
{
    /// <summary>Its number, from 1.</summary>
    public required int Number { get; init; }

    /// <summary>What has to be done.</summary>
    public required string Text { get; init; }

    /// <summary>Who ticked it; <see langword="null"/> while nobody has.</summary>
    public string? By { get; init; }

    /// <summary>When (UTC).</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>What they had to say.</summary>
    public string? Note { get; init; }
}
