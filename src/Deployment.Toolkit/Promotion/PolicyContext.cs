using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit;

/// <summary>What a policy is asked about.</summary>
public readonly struct PolicyContext
{
    internal PolicyContext(PromotionContext promotion, IServiceProvider services, DateTimeOffset now) =>
        (Promotion, Services, Now) = (promotion, services, now);

    /// <summary>What wants to enter, where, and what would be done.</summary>
    public PromotionContext Promotion { get; }

    /// <summary>The app's services, in a scope of their own.</summary>
    public IServiceProvider Services { get; }

    /// <summary>When it is asked.</summary>
    public DateTimeOffset Now { get; }

    /// <summary>The environment.</summary>
    public DeploymentEnvironment Environment => Promotion.Environment;

    /// <summary>The configuration as it counts.</summary>
    public IConfiguration Configuration => Services.GetRequiredService<IConfiguration>();
}
