using System.ComponentModel.DataAnnotations;
using Deployment.Toolkit;
using Microsoft.Extensions.Options;

namespace ContentApi.Content;

/// <summary>The section <c>Content</c>.</summary>
public sealed class ContentOptions
{
    /// <summary>How many items a page holds at most.</summary>
    [Range(1, 500)]
    public int MaxItemsPerPage { get; set; }

    /// <summary>The score from 0 to 1 below which generated content counts as doubtful.</summary>
    [Range(0.0, 1.0)]
    public double QualityThreshold { get; set; }

    [Required]
    [ValidateObjectMembers]
    public ProviderOptions Provider { get; set; } = new();
}

/// <summary>The section <c>Content:Provider</c>.</summary>
public sealed class ProviderOptions : IValidatableObject
{
    [Required]
    public string Name { get; set; } = "";

    /// <summary>What a real provider knows this app by. The settings only refer to it; it lies in the environment's sealed file.</summary>
    public Secret? ApiKey { get; set; }

    /// <summary>The quality that the built-in provider gives its own work; a real one would be asked.</summary>
    [Range(0.0, 1.0)]
    public double Quality { get; set; }

    [Range(0.0, 1000.0)]
    public double CostPerThousandTokens { get; set; }

    /// <summary>Where a real provider answers, for example <c>http://127.0.0.1:9000/</c>; empty for the built-in one.</summary>
    public Uri? Endpoint { get; set; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Endpoint is not null && (!Endpoint.IsAbsoluteUri || Endpoint.Host.Length == 0 || Endpoint.Port <= 0))
            yield return new ValidationResult(
                $"Endpoint is '{Endpoint}', which names no host and port; write it like http://127.0.0.1:9000/.",
                [nameof(Endpoint)]
            );
    }
}
