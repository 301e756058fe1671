using System;
using System.Collections.Generic;
using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Shop.Web;

public sealed class PaymentOptions : IValidatableObject
{
    public const string Name = "Payment";

    public string Currency { get; set; } = "EUR";

    public decimal Fee { get; set; }

    public string? ApiKey { get; set; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Fee < 0)
        {
            yield return new ValidationResult("A fee is not negative.");
        }
    }
}

public sealed class SmtpOptions
{
    public string? Host { get; set; }

    public int Port { get; set; } = 25;

    public TimeSpan Timeout { get; set; }
}

public sealed class LimitOptions
{
    public int MaxCartItems { get; set; } = 50;

    public int MaxReturnDays { get; set; } = 14;

    public TimeSpan SessionLifetime { get; set; }

    public string[] BlockedCountries { get; set; } = [];
}

public sealed class LimitValidator : IValidateOptions<LimitOptions>
{
    public ValidateOptionsResult Validate(string? name, LimitOptions options) =>
        options.MaxCartItems > 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail("Limits:MaxCartItems is not positive.");
}

public sealed class ThemeOptions
{
    public string? Colour { get; set; }
}

/// <summary>Bound to the root: its members are the file's sections.</summary>
public sealed class SiteOptions
{
    public StoreOptions Store { get; set; } = new();
}

public sealed class StoreOptions
{
    public string? Name { get; set; }

    public int OpeningHour { get; set; }
}

public sealed class ReportOptions
{
    [Required]
    public string? Recipient { get; set; }

    public DateOnly From { get; set; }
}
