using System.ComponentModel.DataAnnotations;

namespace ContentApi.Content;

/// <summary>The section <c>Content</c>.</summary>
public sealed class ContentOptions
{
    /// <summary>How many items a page holds at most.</summary>
    [Range(1, 500)]
    public int MaxItemsPerPage { get; set; }

    /// <summary>The score from 0 to 1 below which generated content counts as doubtful.</summary>
    [Range(0, 1)]
    public double QualityThreshold { get; set; }

    [Required]
    [ValidateObject]
    public ProviderOptions Provider { get; set; } = new();
}

/// <summary>The section <c>Content:Provider</c>.</summary>
public sealed class ProviderOptions
{
    [Required]
    public string Name { get; set; } = "";

    /// <summary>The quality that the built-in provider gives its own work; a real one would be asked.</summary>
    public double Quality { get; set; }

    public double CostPerThousandTokens { get; set; }

    /// <summary>Where a real provider answers, for example <c>http://127.0.0.1:9000/</c>; empty for the built-in one.</summary>
    public Uri? Endpoint { get; set; }
}

/// <summary>Data annotations do not look into nested objects by themselves.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ValidateObjectAttribute : ValidationAttribute
{
    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext)
    {
        if (value is null) return ValidationResult.Success;

        var results = new List<ValidationResult>();
        return Validator.TryValidateObject(value, new ValidationContext(value), results, validateAllProperties: true)
            ? ValidationResult.Success
            : new ValidationResult(string.Join(' ', results.Select(static result => result.ErrorMessage)));
    }
}
